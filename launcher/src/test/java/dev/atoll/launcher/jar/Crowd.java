package dev.atoll.launcher.jar;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A program with many connections to servers that echo: {@code HOST EACH FILE PORT...} keeps EACH connections to each port busy until
 * FILE is there, and prints how they fare.
 */
public final class Crowd {
    private static final int PAUSE_MS = 20;

    private final Path until;
    private final Map<String, AtomicInteger> ended = new TreeMap<>();
    private final CountDownLatch talking;

    private Crowd(Path until, int connections) {
        this.until = until;
        talking = new CountDownLatch(connections);
    }

    /** Runs it. */
    public static void main(String[] words) throws Exception {
        int each = Integer.parseInt(words[1]);
        Crowd crowd = new Crowd(Path.of(words[2]), each * (words.length - 3));
        List<Thread> threads = new ArrayList<>();
        for (int i = 3; i < words.length; i++) {
            int port = Integer.parseInt(words[i]);
            for (int j = 0; j < each; j++) {
                Thread thread = new Thread(() -> crowd.talk(words[0], port));
                thread.start();
                threads.add(thread);
            }
        }
        crowd.talking.await();
        line("all talk");
        for (Thread thread : threads) {
            thread.join();
        }
        line("all done");
    }

    private void talk(String host, int port) {
        int exchanges = 0;
        try (Socket socket = new Socket(host, port)) {
            while (!Files.exists(until)) {
                socket.getOutputStream().write(exchanges);
                if (socket.getInputStream().read() != (exchanges & 0xff)) {
                    throw new IOException("the echo is another");
                }
                if (exchanges++ == 0) {
                    talking.countDown();
                }
                Thread.sleep(PAUSE_MS);
            }
            ended(port + " went on");
        } catch (IOException e) {
            ended(port + " ended: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ended(String how) {
        int count;
        synchronized (ended) {
            count = ended.computeIfAbsent(how, unseen -> new AtomicInteger()).incrementAndGet();
        }
        line(count + " of " + how);
    }

    private static synchronized void line(String text) {
        System.out.println(text);
        System.out.flush();
    }
}
