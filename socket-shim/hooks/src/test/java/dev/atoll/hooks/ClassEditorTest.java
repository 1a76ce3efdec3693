package dev.atoll.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.bridge.DoorReached;
import dev.atoll.bridge.Doors;
import dev.atoll.testing.Jdks;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** The edits on the class files of each JDK there is; no JVM of that version is started. */
class ClassEditorTest {
    private static final String DOORS = "dev/atoll/bridge/Doors";

    /** Calls of doors in a class file, by the method they are in. */
    private static final class DoorCalls extends ClassVisitor {
        final Map<String, List<String>> byMethod = new LinkedHashMap<>();
        final List<String> natives = new ArrayList<>();
        int methods;

        DoorCalls(byte[] classFile) {
            super(Opcodes.ASM9);
            new ClassReader(classFile).accept(this, 0);
        }

        @Override
        public MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            methods++;
            if ((access & Opcodes.ACC_NATIVE) != 0) {
                natives.add(name + descriptor);
            }
            return new MethodVisitor(Opcodes.ASM9) {
                @Override
                public void visitMethodInsn(
                        int opcode, String owner, String called, String calledDescriptor, boolean isInterface) {
                    if (owner.equals(DOORS)) {
                        byMethod.computeIfAbsent(name + descriptor, key -> new ArrayList<>())
                                .add(called + calledDescriptor);
                    }
                }
            };
        }
    }

    private static Map<String, List<Hook>> hooksByClass(int feature) throws HookException {
        Map<String, List<Hook>> byClass = new LinkedHashMap<>();
        for (Hook hook : Hooks.forFeature(feature)) {
            byClass.computeIfAbsent(hook.owner(), owner -> new ArrayList<>()).add(hook);
        }
        return byClass;
    }

    private static FileSystem image(Path home) throws IOException {
        if (home.equals(Path.of(System.getProperty("java.home")))) {
            return FileSystems.getFileSystem(URI.create("jrt:/"));
        }
        return FileSystems.newFileSystem(URI.create("jrt:/"), Map.of("java.home", home.toString()));
    }

    private static byte[] classFile(FileSystem image, String owner) throws IOException {
        String module = owner.startsWith("sun/nio/ch/sctp/") ? "jdk.sctp" : "java.base";
        return Files.readAllBytes(image.getPath("/modules", module, owner + ".class"));
    }

    private static List<Integer> jdks() {
        return Jdks.tested();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void hooks_onTheClassesOfTheirJdk_areAllAppliedAndNothingElseChanges(int feature) throws Exception {
        FileSystem image = image(Jdks.require(feature));
        for (Map.Entry<String, List<Hook>> each : hooksByClass(feature).entrySet()) {
            byte[] before = classFile(image, each.getKey());
            byte[] after = ClassEditor.edit(before, each.getValue());
            DoorCalls edited = new DoorCalls(after);
            assertEquals(new DoorCalls(before).methods, edited.methods);
            for (Hook hook : each.getValue()) {
                assertApplied(hook, edited);
            }
        }
    }

    private static void assertApplied(Hook hook, DoorCalls edited) {
        if (hook instanceof Hook.ReplaceBody replace) {
            String method = replace.method() + replace.descriptor();
            assertEquals(List.of(replace.door() + replace.descriptor()), edited.byMethod.get(method), hook.target());
            assertFalse(edited.natives.contains(method), hook.target());
        } else if (hook instanceof Hook.GuardCalls guard) {
            assertTrue(edited.natives.contains(guard.method() + guard.descriptor()));
            List<String> guarded = edited.byMethod.entrySet().stream()
                    .filter(entry -> entry.getValue().equals(List.of(guard.door() + "()V")))
                    .map(entry -> entry.getKey().substring(0, entry.getKey().indexOf('(')))
                    .distinct()
                    .sorted()
                    .toList();
            assertEquals(guard.callers().stream().sorted().toList(), guarded);
        } else if (hook instanceof Hook.Refuse refuse) {
            String method = refuse.method() + refuse.descriptor();
            assertEquals(List.of(refuse.door() + "()V"), edited.byMethod.get(method), hook.target());
            assertFalse(edited.natives.contains(method), hook.target());
        } else if (hook instanceof Hook.Prelude prelude) {
            assertEquals(
                    List.of(prelude.door() + prelude.doorDescriptor()),
                    edited.byMethod.get(prelude.method() + prelude.descriptor()),
                    hook.target());
        } else if (hook instanceof Hook.Result result) {
            List<String> calls = edited.byMethod.getOrDefault(result.method() + result.descriptor(), List.of());
            assertTrue(
                    !calls.isEmpty()
                            && List.of(result.door() + result.doorDescriptor()).containsAll(calls),
                    hook.target() + ": " + calls);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 21, 25})
    void doors_ofEveryHook_existWithTheSameDescriptor(int feature) throws Exception {
        for (Hook hook : Hooks.forFeature(feature)) {
            String descriptor = doorDescriptor(hook);
            Method door = null;
            for (Method each : Doors.class.getMethods()) {
                if (each.getName().equals(hook.door())
                        && Type.getMethodDescriptor(each).equals(descriptor)) {
                    door = each;
                }
            }
            assertNotNull(door, hook + " has no door");
        }
    }

    private static String doorDescriptor(Hook hook) {
        if (hook instanceof Hook.ReplaceBody replace) {
            return replace.descriptor();
        }
        if (hook instanceof Hook.Result result) {
            return result.doorDescriptor();
        }
        return hook instanceof Hook.Prelude prelude ? prelude.doorDescriptor() : "()V";
    }

    @Test
    void forFeature_unknownJdk_isRefused() {
        HookException e = assertThrows(HookException.class, () -> Hooks.forFeature(24));
        assertEquals("JDK 24 is not known: programs run in the sandbox on JDK 17, 21 or 25", e.getMessage());
    }

    @Test
    void edit_methodMissing_isRefused() throws Exception {
        byte[] classFile = bytesOf(Sample.class);
        Hook hook = new Hook.ReplaceBody(Type.getInternalName(Sample.class), "gone", "()V", "tripwire");
        HookException e = assertThrows(HookException.class, () -> ClassEditor.edit(classFile, List.of(hook)));
        assertTrue(String.valueOf(e.getMessage()).contains("it has no " + Sample.class.getName() + ".gone"));
    }

    @Test
    void edit_guardedCallElsewhere_isRefused() throws Exception {
        byte[] classFile = bytesOf(Sample.class);
        Hook hook =
                new Hook.GuardCalls(Type.getInternalName(Sample.class), "open", "(I)I", List.of("first"), "tripwire");
        HookException e = assertThrows(HookException.class, () -> ClassEditor.edit(classFile, List.of(hook)));
        assertTrue(String.valueOf(e.getMessage()).contains("[second]"));
    }

    @Test
    void edit_guarded_refusesTheCallAndOnlyThat() throws Exception {
        Hook hook = new Hook.GuardCalls(
                Type.getInternalName(Sample.class), "open", "(I)I", List.of("first", "second"), "tripwire");
        byte[] edited = ClassEditor.edit(bytesOf(Sample.class), List.of(hook));
        try (Defining loader = new Defining(edited)) {
            Class<?> sample = loader.define();
            assertEquals(1, sample.getMethod("harmless").invoke(null));
            Exception e = assertThrows(
                    Exception.class, () -> sample.getMethod("first", int.class).invoke(null, 3));
            assertTrue(String.valueOf(e.getCause()).contains("would open a socket of the kernel"));
        }
    }

    /** The doors are not open here, so none takes the call; that one which does has its answer returned, DoorReached shows. */
    @Test
    void edit_prelude_asksTheDoorAndGoesOn() throws Exception {
        Hook hook = new Hook.Prelude(
                Type.getInternalName(Sample.class),
                "stream",
                "(Ljava/nio/channels/ReadableByteChannel;)Ljava/io/InputStream;",
                "",
                "newInputStream");
        byte[] edited = ClassEditor.edit(bytesOf(Sample.class), List.of(hook));
        try (Defining loader = new Defining(edited)) {
            Method method = loader.define().getMethod("stream", ReadableByteChannel.class);
            ReadableByteChannel channel = Channels.newChannel(new ByteArrayInputStream(new byte[] {7}));
            assertEquals(7, ((InputStream) method.invoke(null, channel)).read());
            Doors.probe("newInputStream");
            try {
                Exception e = assertThrows(Exception.class, () -> method.invoke(null, channel));
                assertTrue(e.getCause() instanceof DoorReached, String.valueOf(e.getCause()));
            } finally {
                Doors.probe(null);
            }
        }
    }

    @Test
    void edit_preludeOfAnInstanceMethodForAStaticOne_isRefused() throws Exception {
        Hook hook = new Hook.Prelude(
                Type.getInternalName(Sample.class),
                "stream",
                "(Ljava/nio/channels/ReadableByteChannel;)Ljava/io/InputStream;",
                "Ljava/lang/Object;",
                "newInputStream");
        byte[] classFile = bytesOf(Sample.class);
        HookException e = assertThrows(HookException.class, () -> ClassEditor.edit(classFile, List.of(hook)));
        assertTrue(String.valueOf(e.getMessage()).contains("it has no " + Sample.class.getName() + ".stream"));
    }

    @Test
    void edit_refused_throwsAndIsNativeNoMore() throws Exception {
        Hook hook = new Hook.Refuse(Type.getInternalName(Sample.class), "create", "()I", "refuse");
        byte[] edited = ClassEditor.edit(bytesOf(Sample.class), List.of(hook));
        try (Defining loader = new Defining(edited)) {
            Method create = loader.define().getMethod("create");
            Exception e = assertThrows(Exception.class, () -> create.invoke(null));
            assertTrue(String.valueOf(e.getCause()).contains("would open a socket of the kernel"));
        }
    }

    /** One that is loaded later: nobody would ask for the failure, so the class must not be there. */
    @Test
    void transform_classOfLaterThatDoesNotFit_isNoClass() throws Exception {
        Hook hook = new Hook.Refuse(Type.getInternalName(Sample.class), "gone", "()I", "refuse");
        HookTransformer transformer = new HookTransformer(Map.of(hook.owner(), List.of(hook)));
        Module module = Sample.class.getModule();
        byte[] classFile = bytesOf(Sample.class);
        byte[] loaded = transformer.transform(module, null, hook.owner(), null, null, classFile);
        assertNotNull(loaded);
        assertThrows(ClassFormatError.class, () -> new Defining(loaded).define());
        assertNull(transformer.transform(module, null, hook.owner(), Sample.class, null, classFile));
        assertThrows(HookException.class, transformer::rethrowFailure);
        assertNull(transformer.transform(module, null, "java/lang/Other", null, null, classFile));
    }

    @Test
    void requireHotSpot_otherVm_isRefused() throws Exception {
        Installer.requireHotSpot(System.getProperty("java.vm.name", ""));
        assertThrows(HookException.class, () -> Installer.requireHotSpot("Eclipse OpenJ9 VM"));
    }

    private static byte[] bytesOf(Class<?> type) throws IOException {
        try (var in = type.getResourceAsStream("/" + Type.getInternalName(type) + ".class")) {
            assertNotNull(in);
            return in.readAllBytes();
        }
    }

    /** Two callers of a private method, and one method that does not call it. */
    public static final class Sample {
        private Sample() {}

        public static int first(int value) {
            return value > 0 ? open(value) : 0;
        }

        public static int second(int value) {
            return open(value) + open(value + 1);
        }

        public static int harmless() {
            return 1;
        }

        public static native int create();

        /** Has a frame of its own, with a variable in the slot that a prelude uses. */
        public static InputStream stream(ReadableByteChannel channel) {
            int tries = 0;
            while (tries < 3) {
                tries++;
            }
            return tries == 3 ? Channels.newInputStream(channel) : InputStream.nullInputStream();
        }

        private static int open(int value) {
            return value;
        }
    }

    private static final class Defining extends URLClassLoader {
        private final byte[] classFile;

        Defining(byte[] classFile) {
            super(new java.net.URL[0], ClassEditorTest.class.getClassLoader());
            this.classFile = classFile;
        }

        Class<?> define() {
            return defineClass(null, classFile, 0, classFile.length);
        }
    }
}
