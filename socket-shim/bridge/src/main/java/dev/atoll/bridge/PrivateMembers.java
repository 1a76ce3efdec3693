package dev.atoll.bridge;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.security.AccessController;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;

/**
 * Private members of JDK classes, made accessible. Under a security manager (JDK 17 and 21) with our own permissions: the
 * program whose call is the first to need one has to have none for it.
 */
// AccessController is deprecated for removal together with the security manager.
@SuppressWarnings("removal")
final class PrivateMembers {
    private PrivateMembers() {}

    /** @throws java.lang.reflect.InaccessibleObjectException if the package is not open to us */
    static Field field(Class<?> owner, String name) throws NoSuchFieldException {
        try {
            return AccessController.doPrivileged(new Opened<Field>() {
                @Override
                Field find() throws NoSuchFieldException {
                    return owner.getDeclaredField(name);
                }
            });
        } catch (PrivilegedActionException e) {
            throw (NoSuchFieldException) e.getException();
        }
    }

    /** @throws java.lang.reflect.InaccessibleObjectException if the package is not open to us */
    static <T> Constructor<T> constructor(Class<T> owner, Class<?>... parameters) throws NoSuchMethodException {
        try {
            return AccessController.doPrivileged(new Opened<Constructor<T>>() {
                @Override
                Constructor<T> find() throws NoSuchMethodException {
                    return owner.getDeclaredConstructor(parameters);
                }
            });
        } catch (PrivilegedActionException e) {
            throw (NoSuchMethodException) e.getException();
        }
    }

    private abstract static class Opened<T extends AccessibleObject> implements PrivilegedExceptionAction<T> {
        abstract T find() throws ReflectiveOperationException;

        @Override
        public final T run() throws ReflectiveOperationException {
            T found = find();
            found.setAccessible(true);
            return found;
        }
    }
}
