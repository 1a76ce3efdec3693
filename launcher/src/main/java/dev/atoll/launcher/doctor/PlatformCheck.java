package dev.atoll.launcher.doctor;

/** The operating system and the processor. */
final class PlatformCheck implements Check {
    private final String system;
    private final String architecture;

    /**
     * @param system as {@code os.name} has it
     * @param architecture as {@code os.arch} has it
     */
    PlatformCheck(String system, String architecture) {
        this.system = system;
        this.architecture = architecture;
    }

    @Override
    public String subject() {
        return "platform";
    }

    @Override
    public Finding examine() {
        String found = system + " on " + architecture;
        if (!system.equals("Linux")) {
            return Finding.missing(
                    found, "the sandbox is made of Linux's namespaces: use Linux, or a virtual machine with it");
        }
        if (!architecture.equals("amd64")) {
            return Finding.missing(found, "Atoll runs on x86-64 only so far");
        }
        return Finding.ok(found);
    }
}
