package dev.atoll.hooks;

import dev.atoll.bridge.Doors;
import dev.atoll.hooks.Hook.GuardCalls;
import dev.atoll.hooks.Hook.Prelude;
import dev.atoll.hooks.Hook.Refuse;
import dev.atoll.hooks.Hook.ReplaceBody;
import dev.atoll.hooks.Hook.Result;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Applies hooks to a class file: a pure function.
 *
 * <p>No frame is computed, so no other class is loaded: a replaced body has no branch, a guard leaves the frames
 * around it as they are, behind a prelude the frame is the one with which the method began, and a result is still one of its type.
 */
public final class ClassEditor {
    private static final String DOORS = Type.getInternalName(Doors.class);
    private static final int ASM_API = Opcodes.ASM9;

    private ClassEditor() {}

    /**
     * The class file with all the hooks in it.
     *
     * @param hooks all for this one class
     * @throws HookException if one finds nothing to edit
     */
    public static byte[] edit(byte[] classFile, List<Hook> hooks) throws HookException {
        ClassReader reader = new ClassReader(classFile);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        Edit edit = new Edit(writer, hooks);
        reader.accept(edit, 0);
        for (Hook hook : hooks) {
            if (!hook.owner().equals(reader.getClassName())) {
                throw new IllegalArgumentException(hook.owner() + " is not " + reader.getClassName());
            }
            if (!edit.hasApplied(hook)) {
                throw new HookException("this JDK is not the one expected: it has no " + hook.target());
            }
        }
        if (!edit.strangers.isEmpty()) {
            throw new HookException("this JDK is not the one expected: guarded calls also in " + edit.strangers);
        }
        return writer.toByteArray();
    }

    private static final class Edit extends ClassVisitor {
        private final List<Hook> hooks;
        private final boolean guards;
        private final List<Hook> applied = new ArrayList<>();
        final Set<String> strangers = new LinkedHashSet<>();

        Edit(ClassVisitor next, List<Hook> hooks) {
            super(ASM_API, next);
            this.hooks = hooks;
            this.guards = hasGuards(hooks);
        }

        private static boolean hasGuards(List<Hook> hooks) {
            for (Hook hook : hooks) {
                if (hook instanceof GuardCalls) {
                    return true;
                }
            }
            return false;
        }

        /** By identity: the first call of a record's equals costs a starting JVM more than the whole edit. */
        @SuppressWarnings("ReferenceEquality")
        boolean hasApplied(Hook hook) {
            for (Hook each : applied) {
                if (each == hook) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public @Nullable MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            for (Hook hook : hooks) {
                if (hook instanceof ReplaceBody replace
                        && replace.method().equals(name)
                        && replace.descriptor().equals(descriptor)) {
                    MethodVisitor method =
                            super.visitMethod(access & ~Opcodes.ACC_NATIVE, name, descriptor, signature, exceptions);
                    writeDoorCall(method, (access & Opcodes.ACC_STATIC) != 0, descriptor, replace.door());
                    applied.add(hook);
                    return null;
                }
                if (hook instanceof Refuse refuse
                        && refuse.method().equals(name)
                        && refuse.descriptor().equals(descriptor)) {
                    writeRefusal(
                            super.visitMethod(access & ~Opcodes.ACC_NATIVE, name, descriptor, signature, exceptions),
                            Type.getReturnType(descriptor),
                            refuse.door());
                    applied.add(hook);
                    return null;
                }
            }
            MethodVisitor method = super.visitMethod(access, name, descriptor, signature, exceptions);
            for (Hook hook : hooks) {
                if (hook instanceof Prelude prelude
                        && prelude.method().equals(name)
                        && prelude.descriptor().equals(descriptor)) {
                    if (((access & Opcodes.ACC_STATIC) != 0)
                            != prelude.receiver().isEmpty()) {
                        return method; // another method than the one expected: the hook is not applied, which is told
                        // of
                    }
                    applied.add(hook);
                    return new Head(method, prelude);
                }
                if (hook instanceof Result result
                        && result.method().equals(name)
                        && result.descriptor().equals(descriptor)) {
                    applied.add(hook);
                    return new Returns(method, result);
                }
            }
            // The writer's own visitor makes ASM copy the method as it is, instead of taking it apart.
            return guards ? new Guard(method, name) : method;
        }

        private static void writeDoorCall(MethodVisitor method, boolean isStatic, String descriptor, String door) {
            method.visitCode();
            loadArguments(method, isStatic ? 0 : 1, descriptor);
            method.visitMethodInsn(Opcodes.INVOKESTATIC, DOORS, door, descriptor, false);
            method.visitInsn(Type.getReturnType(descriptor).getOpcode(Opcodes.IRETURN));
            method.visitMaxs(0, 0);
            method.visitEnd();
        }

        /** The door throws; what stands behind it is there for the verifier. */
        private static void writeRefusal(MethodVisitor method, Type result, String door) {
            method.visitCode();
            method.visitMethodInsn(Opcodes.INVOKESTATIC, DOORS, door, "()V", false);
            if (result.getSort() == Type.INT) {
                method.visitInsn(Opcodes.ICONST_0);
            } else if (result.getSort() != Type.VOID) {
                throw new IllegalArgumentException("a method that is refused has no result of type " + result);
            }
            method.visitInsn(result.getOpcode(Opcodes.IRETURN));
            method.visitMaxs(0, 0);
            method.visitEnd();
        }

        /** The arguments that are in the slots from {@code slot} on; returns the slot behind them. */
        private static int loadArguments(MethodVisitor method, int slot, String descriptor) {
            for (Type argument : Type.getArgumentTypes(descriptor)) {
                method.visitVarInsn(argument.getOpcode(Opcodes.ILOAD), slot);
                slot += argument.getSize();
            }
            return slot;
        }

        /** Writes a prelude before the method's own code. */
        private static final class Head extends MethodVisitor {
            private final Prelude prelude;

            Head(MethodVisitor next, Prelude prelude) {
                super(ASM_API, next);
                this.prelude = prelude;
            }

            @Override
            public void visitCode() {
                super.visitCode();
                String door = prelude.doorDescriptor();
                // The door takes all that the method was given, this included, so the slots are those of its arguments.
                int answer = loadArguments(mv, 0, door);
                Type type = Type.getReturnType(door);
                Label goOn = new Label();
                mv.visitMethodInsn(Opcodes.INVOKESTATIC, DOORS, prelude.door(), door, false);
                // In a slot that the method may use as its own from here on, and not on the stack, where a frame would
                // name it.
                mv.visitVarInsn(type.getOpcode(Opcodes.ISTORE), answer);
                mv.visitVarInsn(type.getOpcode(Opcodes.ILOAD), answer);
                switch (type.getSort()) {
                    case Type.OBJECT -> mv.visitJumpInsn(Opcodes.IFNULL, goOn);
                    case Type.LONG -> {
                        mv.visitLdcInsn(Doors.NOT_OURS);
                        mv.visitInsn(Opcodes.LCMP);
                        mv.visitJumpInsn(Opcodes.IFEQ, goOn);
                    }
                    default -> throw new IllegalArgumentException("no answer of type " + type + " says \"not ours\"");
                }
                mv.visitVarInsn(type.getOpcode(Opcodes.ILOAD), answer);
                mv.visitInsn(type.getOpcode(Opcodes.IRETURN));
                mv.visitLabel(goOn);
                mv.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
            }
        }

        /** Leads what is returned through the door. */
        private static final class Returns extends MethodVisitor {
            private final Result result;

            Returns(MethodVisitor next, Result result) {
                super(ASM_API, next);
                this.result = result;
            }

            @Override
            public void visitInsn(int opcode) {
                if (opcode >= Opcodes.IRETURN && opcode <= Opcodes.ARETURN) {
                    super.visitMethodInsn(Opcodes.INVOKESTATIC, DOORS, result.door(), result.doorDescriptor(), false);
                }
                super.visitInsn(opcode);
            }
        }

        private final class Guard extends MethodVisitor {
            private final String caller;

            Guard(MethodVisitor next, String caller) {
                super(ASM_API, next);
                this.caller = caller;
            }

            @Override
            public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
                for (Hook hook : hooks) {
                    if (hook instanceof GuardCalls guard
                            && guard.owner().equals(owner)
                            && guard.method().equals(name)
                            && guard.descriptor().equals(descriptor)) {
                        super.visitMethodInsn(Opcodes.INVOKESTATIC, DOORS, guard.door(), "()V", false);
                        if (guard.callers().contains(caller)) {
                            applied.add(hook);
                        } else {
                            strangers.add(caller);
                        }
                    }
                }
                super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
            }
        }
    }
}
