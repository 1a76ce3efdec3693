package dev.atoll.stack.contract;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
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
        for (Method test : testsIn(contract)) {
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

    /** Those of a contract, and of the one that it extends. */
    private static List<Method> testsIn(Class<?> contract) {
        List<Method> methods = new ArrayList<>();
        for (Class<?> at = contract.getSuperclass(); at != null; at = at.getSuperclass()) {
            methods.addAll(List.of(at.getDeclaredMethods()));
        }
        return methods;
    }
}
