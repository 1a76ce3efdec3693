package dev.atoll.shim.contract;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The contract tests on the providers of this very JVM, without JUnit's engine: for child JVMs, where under the hooks these
 * are ours. Prints what failed, and how many passed.
 */
public final class ContractMain {
    private static final int FIRST_WITHOUT_DATAGRAM_STREAMS = 25;

    private ContractMain() {}

    /** Exits with the number of failures. */
    public static void main(String[] arguments) throws Exception {
        List<Supplier<Object>> contracts = new ArrayList<>(List.of(
                () -> new SocketContract(JdkNet::new) {},
                () -> new ChannelContract(JdkNet::new) {},
                () -> new StreamContract(JdkNet::new) {},
                () -> new FileTransferContract(JdkNet::new) {},
                () -> new SelectorContract(JdkNet::new) {},
                () -> new DatagramContract(JdkNet::new) {},
                () -> new AsyncChannelContract(JdkNet::new) {},
                () -> new AsyncGroupContract(JdkNet::new) {}));
        if (Runtime.version().feature() < FIRST_WITHOUT_DATAGRAM_STREAMS) {
            contracts.add(() -> new DatagramStreamContract() {});
        }
        int passed = 0;
        int failed = 0;
        for (Supplier<Object> contract : contracts) {
            for (Method test : contract.get().getClass().getSuperclass().getDeclaredMethods()) {
                if (test.isAnnotationPresent(Test.class)) {
                    if (passes(contract.get(), test)) {
                        passed++;
                    } else {
                        failed++;
                    }
                }
            }
        }
        System.out.println(passed + " passed, " + failed + " failed");
        System.exit(failed);
    }

    private static boolean passes(Object contract, Method test) throws ReflectiveOperationException {
        Class<?> type = test.getDeclaringClass();
        try {
            // As JUnit does, which runs what a contract has from its base around what is its own.
            callAll(contract, type.getSuperclass(), BeforeEach.class);
            callAll(contract, type, BeforeEach.class);
            test.invoke(contract);
            callAll(contract, type, AfterEach.class);
            callAll(contract, type.getSuperclass(), AfterEach.class);
            return true;
        } catch (InvocationTargetException e) {
            System.out.println(type.getSimpleName() + "." + test.getName() + " failed");
            e.printStackTrace(System.out);
            return false;
        }
    }

    private static void callAll(Object contract, Class<?> type, Class<? extends Annotation> kind)
            throws ReflectiveOperationException {
        for (Method method : type.getDeclaredMethods()) {
            if (method.isAnnotationPresent(kind)) {
                method.invoke(contract);
            }
        }
    }
}
