package dev.atoll.launcher.jar;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import java.util.Map;
import java.util.Objects;

/** A debugger of the host, by the JDK's own interface. */
final class Debugger {
    private Debugger() {}

    /** Attaches to a port of the host's loopback. */
    static VirtualMachine attach(int port) throws Exception {
        for (AttachingConnector connector : Bootstrap.virtualMachineManager().attachingConnectors()) {
            if (connector.transport().name().equals("dt_socket")) {
                Map<String, Connector.Argument> arguments = connector.defaultArguments();
                Objects.requireNonNull(arguments.get("hostname")).setValue("127.0.0.1");
                Objects.requireNonNull(arguments.get("port")).setValue(Integer.toString(port));
                return connector.attach(arguments);
            }
        }
        throw new AssertionError("this JDK's debugger interface has no sockets");
    }

    /** The program's main thread. */
    static ThreadReference mainThread(VirtualMachine machine) {
        return machine.allThreads().stream()
                .filter(thread -> thread.name().equals("main"))
                .findFirst()
                .orElseThrow();
    }
}
