package dev.atoll.launcher.doctor;

/** Whether the kernel lists a process's children, by which the launcher finds the program that it started. */
final class ProcChildrenCheck implements Check {
    private final Host host;
    private final long pid;

    /**
     * @param pid of a process that is there, such as this one
     */
    ProcChildrenCheck(Host host, long pid) {
        this.host = host;
        this.pid = pid;
    }

    @Override
    public String subject() {
        return "lists of children";
    }

    @Override
    public Finding examine() {
        String file = "/proc/" + pid + "/task/" + pid + "/children";
        if (host.read(file).isEmpty()) {
            return Finding.missing("there is no " + file, "use a kernel built with CONFIG_PROC_CHILDREN");
        }
        return Finding.ok("the kernel has them in /proc");
    }
}
