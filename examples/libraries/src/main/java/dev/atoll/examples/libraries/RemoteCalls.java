package dev.atoll.examples.libraries;

import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.rmi.Remote;
import java.rmi.RemoteException;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.UnicastRemoteObject;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServerConnection;
import javax.management.Notification;
import javax.management.NotificationBroadcasterSupport;
import javax.management.NotificationListener;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;

/**
 * RMI and JMX over RMI: a registry with an object that calls its caller back, and an MBean that is read, invoked and
 * listened to; and the client of both. Exported objects listen at ports that the system chooses, at the address that the
 * property {@code java.rmi.server.hostname} names.
 *
 * <p>Usage: {@code RemoteCalls server PORT} serves until it is killed; {@code RemoteCalls client HOST PORT}.
 */
public final class RemoteCalls {
    private static final int CALLS = 200;
    private static final int PAYLOAD_BYTES = 1 << 20;
    private static final int LIMIT_SECONDS = 60;
    private static final String MBEAN = "dev.atoll.examples:type=Island";

    private RemoteCalls() {}

    public static void main(String[] args) throws Exception {
        if (args.length == 2 && args[0].equals("server")) {
            serve(Integer.parseInt(args[1]));
        } else if (args.length == 3 && args[0].equals("client")) {
            callObject(args[1], Integer.parseInt(args[2]));
            useMBean(args[1], Integer.parseInt(args[2]));
            // RMI's threads outlive what was exported.
            System.exit(0);
        } else {
            throw new IllegalArgumentException("usage: RemoteCalls server PORT | client HOST PORT");
        }
    }

    /** What the server does for clients. */
    public interface Service extends Remote {
        byte[] reverse(byte[] bytes) throws RemoteException;

        /** Calls back that often, then returns. */
        void count(int times, Counter counter) throws RemoteException;
    }

    /** What a client does for the server. */
    public interface Counter extends Remote {
        void next(int number) throws RemoteException;
    }

    // --- Server ------------------------------------------------------------------------------------------------

    private static void serve(int port) throws Exception {
        Registry registry = LocateRegistry.createRegistry(port);
        Reversing service = new Reversing();
        registry.bind("service", UnicastRemoteObject.exportObject(service, 0));
        ManagementFactory.getPlatformMBeanServer().registerMBean(new Island(), new ObjectName(MBEAN));
        JMXConnectorServer connector = JMXConnectorServerFactory.newJMXConnectorServer(
                new JMXServiceURL("service:jmx:rmi:///jndi/rmi://localhost:" + port + "/jmxrmi"),
                null,
                ManagementFactory.getPlatformMBeanServer());
        connector.start();
        System.out.println("listening on " + port);
        try {
            Thread.currentThread().join();
        } finally {
            // Where nobody but clients had a reference they could be collected.
            Reference.reachabilityFence(service);
            Reference.reachabilityFence(connector);
        }
    }

    private static final class Reversing implements Service {
        @Override
        public byte[] reverse(byte[] bytes) {
            byte[] reversed = new byte[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                reversed[i] = bytes[bytes.length - 1 - i];
            }
            return reversed;
        }

        @Override
        public void count(int times, Counter counter) throws RemoteException {
            for (int i = 0; i < times; i++) {
                counter.next(i);
            }
        }
    }

    /** The interface of {@link Island}, by the name that JMX wants. */
    public interface IslandMBean {
        int getVisitors();

        void visit();
    }

    /** An MBean that tells its listeners of each visit. */
    public static final class Island extends NotificationBroadcasterSupport implements IslandMBean {
        private int visitors;

        @Override
        public synchronized int getVisitors() {
            return visitors;
        }

        @Override
        public synchronized void visit() {
            visitors++;
            sendNotification(new Notification("visit", MBEAN, visitors));
        }
    }

    // --- Client ------------------------------------------------------------------------------------------------

    private static void callObject(String host, int port) throws Exception {
        Service service = (Service) LocateRegistry.getRegistry(host, port).lookup("service");
        byte[] bytes = new byte[PAYLOAD_BYTES];
        bytes[0] = 1;
        byte[] reversed = service.reverse(bytes);
        require(reversed[PAYLOAD_BYTES - 1] == 1 && Arrays.equals(service.reverse(reversed), bytes), "wrong bytes");
        BlockingQueue<Integer> numbers = new ArrayBlockingQueue<>(CALLS);
        Counter counter = numbers::add;
        service.count(CALLS, (Counter) UnicastRemoteObject.exportObject(counter, 0));
        for (int i = 0; i < CALLS; i++) {
            require(numbers.remove() == i, "call " + i + " back has another number");
        }
        UnicastRemoteObject.unexportObject(counter, true);
        System.out.println("RMI: " + PAYLOAD_BYTES + " bytes there and back, " + CALLS + " calls back");
    }

    // What the connector reads is what this program wrote.
    @SuppressWarnings("BanJNDI")
    private static void useMBean(String host, int port) throws Exception {
        JMXServiceURL url = new JMXServiceURL("service:jmx:rmi:///jndi/rmi://" + host + ":" + port + "/jmxrmi");
        ObjectName island = new ObjectName(MBEAN);
        BlockingQueue<Long> visits = new ArrayBlockingQueue<>(CALLS);
        NotificationListener listener = (notification, handback) -> visits.add(notification.getSequenceNumber());
        try (JMXConnector connector = JMXConnectorFactory.connect(url)) {
            MBeanServerConnection server = connector.getMBeanServerConnection();
            server.addNotificationListener(island, listener, null, null);
            for (int i = 1; i <= CALLS; i++) {
                server.invoke(island, "visit", null, null);
                require(server.getAttribute(island, "Visitors").equals(i), "visit " + i + " was not counted");
            }
            for (long i = 1; i <= CALLS; i++) {
                Long visit = visits.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
                require(visit != null && visit == i, "instead of visit " + i + " the client was told of " + visit);
            }
        }
        System.out.println("JMX: " + CALLS + " invocations, reads and notifications");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
