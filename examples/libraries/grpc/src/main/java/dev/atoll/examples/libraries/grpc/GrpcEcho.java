package dev.atoll.examples.libraries.grpc;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A gRPC service with a method of each kind, and its client. Messages are text, so that no code need be generated.
 *
 * <p>Usage: {@code GrpcEcho server PORT} serves until it is killed; {@code GrpcEcho client HOST PORT}.
 */
public final class GrpcEcho {
    private static final String SERVICE = "atoll.Echo";
    private static final int CALLS = 500;
    private static final int MESSAGES = 5_000;
    private static final int LIMIT_SECONDS = 60;

    /** One message, and it comes back. */
    private static final MethodDescriptor<String, String> SAY = method("Say", MethodDescriptor.MethodType.UNARY);

    /** One number, and all numbers below it come back. */
    private static final MethodDescriptor<String, String> COUNT =
            method("Count", MethodDescriptor.MethodType.SERVER_STREAMING);

    /** Many messages, and the number of their characters comes back. */
    private static final MethodDescriptor<String, String> MEASURE =
            method("Measure", MethodDescriptor.MethodType.CLIENT_STREAMING);

    /** Many messages, and each comes back. */
    private static final MethodDescriptor<String, String> TALK =
            method("Talk", MethodDescriptor.MethodType.BIDI_STREAMING);

    private GrpcEcho() {}

    public static void main(String[] args) throws Exception {
        if (args.length == 2 && args[0].equals("server")) {
            serve(Integer.parseInt(args[1]));
        } else if (args.length == 3 && args[0].equals("client")) {
            ManagedChannel channel = NettyChannelBuilder.forAddress(args[1], Integer.parseInt(args[2]))
                    .usePlaintext()
                    .build();
            try {
                say(channel);
                count(channel);
                measure(channel);
                talk(channel);
            } finally {
                channel.shutdownNow().awaitTermination(LIMIT_SECONDS, TimeUnit.SECONDS);
            }
        } else {
            throw new IllegalArgumentException("usage: GrpcEcho server PORT | client HOST PORT");
        }
    }

    // --- Server ------------------------------------------------------------------------------------------------

    private static void serve(int port) throws IOException, InterruptedException {
        ServerServiceDefinition echo = ServerServiceDefinition.builder(SERVICE)
                .addMethod(SAY, ServerCalls.asyncUnaryCall((message, answer) -> {
                    answer.onNext(message);
                    answer.onCompleted();
                }))
                .addMethod(COUNT, ServerCalls.asyncServerStreamingCall((end, answers) -> {
                    for (int i = 0; i < Integer.parseInt(end); i++) {
                        answers.onNext(Integer.toString(i));
                    }
                    answers.onCompleted();
                }))
                .addMethod(MEASURE, ServerCalls.asyncClientStreamingCall(Measuring::new))
                .addMethod(TALK, ServerCalls.asyncBidiStreamingCall(Relay::new))
                .build();
        Server server =
                NettyServerBuilder.forPort(port).addService(echo).build().start();
        System.out.println("listening on " + server.getPort());
        server.awaitTermination();
    }

    private static final class Measuring implements StreamObserver<String> {
        private final StreamObserver<String> answer;
        private long chars;

        Measuring(StreamObserver<String> answer) {
            this.answer = answer;
        }

        @Override
        public void onNext(String message) {
            chars += message.length();
        }

        @Override
        public void onError(Throwable error) {
            error.printStackTrace();
        }

        @Override
        public void onCompleted() {
            answer.onNext(Long.toString(chars));
            answer.onCompleted();
        }
    }

    private static final class Relay implements StreamObserver<String> {
        private final StreamObserver<String> answers;

        Relay(StreamObserver<String> answers) {
            this.answers = answers;
        }

        @Override
        public void onNext(String message) {
            answers.onNext(message);
        }

        @Override
        public void onError(Throwable error) {
            error.printStackTrace();
        }

        @Override
        public void onCompleted() {
            answers.onCompleted();
        }
    }

    // --- Client ------------------------------------------------------------------------------------------------

    private static void say(ManagedChannel channel) {
        for (int i = 0; i < CALLS; i++) {
            String answer = ClientCalls.blockingUnaryCall(channel, SAY, options(), "call " + i);
            require(answer.equals("call " + i), "call " + i + " was answered by " + answer);
        }
        System.out.println(CALLS + " calls, one after the other");
    }

    private static void count(ManagedChannel channel) {
        Iterator<String> numbers =
                ClientCalls.blockingServerStreamingCall(channel, COUNT, options(), Integer.toString(MESSAGES));
        int next = 0;
        while (numbers.hasNext()) {
            String number = numbers.next();
            require(number.equals(Integer.toString(next)), "instead of " + next + " came " + number);
            next++;
        }
        require(next == MESSAGES, "the server counted to " + next);
        System.out.println(next + " messages from the server");
    }

    private static void measure(ManagedChannel channel) throws Exception {
        Collected collected = new Collected();
        StreamObserver<String> messages =
                ClientCalls.asyncClientStreamingCall(channel.newCall(MEASURE, options()), collected);
        String piece = "island ".repeat(1_000);
        for (int i = 0; i < MESSAGES; i++) {
            messages.onNext(piece);
        }
        messages.onCompleted();
        String sum = collected.await();
        require(sum.equals((long) MESSAGES * piece.length() + "\n"), "the server measured " + sum);
        System.out.println(MESSAGES + " messages of " + piece.length() + " bytes to the server");
    }

    private static void talk(ManagedChannel channel) throws Exception {
        Collected collected = new Collected();
        StringBuilder expected = new StringBuilder();
        StreamObserver<String> messages =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(TALK, options()), collected);
        for (int i = 0; i < MESSAGES; i++) {
            messages.onNext("message " + i);
            expected.append("message ").append(i).append('\n');
        }
        messages.onCompleted();
        require(collected.await().contentEquals(expected), "what came back is not what was sent");
        System.out.println(MESSAGES + " messages both ways");
    }

    /** All messages of one call, a line each. gRPC calls it from one thread at a time. */
    private static final class Collected implements StreamObserver<String> {
        private final CompletableFuture<String> all = new CompletableFuture<>();
        private final StringBuilder lines = new StringBuilder();

        @Override
        public void onNext(String message) {
            lines.append(message).append('\n');
        }

        @Override
        public void onError(Throwable error) {
            all.completeExceptionally(error);
        }

        @Override
        public void onCompleted() {
            all.complete(lines.toString());
        }

        String await() throws Exception {
            return all.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static CallOptions options() {
        return CallOptions.DEFAULT.withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    // --- Both --------------------------------------------------------------------------------------------------

    private static MethodDescriptor<String, String> method(String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.<String, String>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .setRequestMarshaller(new Text())
                .setResponseMarshaller(new Text())
                .build();
    }

    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String message) {
            return new ByteArrayInputStream(message.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream message) {
            try {
                return new String(message.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
