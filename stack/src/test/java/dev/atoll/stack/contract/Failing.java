package dev.atoll.stack.contract;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Runs the tests of a contract by hand, to see which of them a broken implementation fails. */
final class Failing {
    private Failing() {}

    /** Names of the tests that fail, each run on an instance of its own. */
    static SortedSet<String> testsOf(Class<?> contract) throws ReflectiveOperationException {
        SortedSet<String> failed = new TreeSet<>();
        Constructor<?> constructor = contract.getDeclaredConstructor();
        constructor.setAccessible(true);
        for (Method test : contract.getSuperclass().getDeclaredMethods()) {
            if (test.isAnnotationPresent(Test.class)) {
                test.setAccessible(true);
                Object instance = constructor.newInstance();
                try {
                    test.invoke(instance);
                } catch (InvocationTargetException e) {
                    failed.add(test.getName());
                }
            }
        }
        return failed;
    }
}
