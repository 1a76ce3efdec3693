package dev.atoll.launcher.jar;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.util.Properties;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.directory.DirContext;
import javax.naming.directory.InitialDirContext;

/** What {@link Probe} asks by way of modules that an image of it does not have. */
final class Directories {
    private Directories() {}

    /** Loads an agent into this JVM, as libraries do that bring one. */
    static String attach(String agent) throws IOException {
        try {
            VirtualMachine self =
                    VirtualMachine.attach(Long.toString(ProcessHandle.current().pid()));
            self.loadAgent(agent);
            self.detach();
            return "loaded";
        } catch (AttachNotSupportedException | AgentLoadException | AgentInitializationException e) {
            throw new IOException(e.toString(), e);
        }
    }

    // What the test's own program answers.
    @SuppressWarnings("BanJNDI")
    static String jmx(String place) throws IOException {
        JMXServiceURL url = new JMXServiceURL("service:jmx:rmi:///jndi/rmi://" + place + "/jmxrmi");
        try (JMXConnector connector = JMXConnectorFactory.connect(url)) {
            return ManagementFactory.getPlatformMXBean(connector.getMBeanServerConnection(), RuntimeMXBean.class)
                    .getName();
        }
    }

    // What the test's own name server answers is an address, and nothing is deserialized.
    @SuppressWarnings("BanJNDI")
    static String jndi(String name) throws IOException {
        Properties environment = new Properties();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        environment.put(Context.PROVIDER_URL, "dns:");
        try {
            DirContext context = new InitialDirContext(environment);
            try {
                return String.valueOf(
                        context.getAttributes(name, new String[] {"A"}).get("A").get());
            } finally {
                context.close();
            }
        } catch (NamingException e) {
            throw new IOException(e.toString(), e);
        }
    }
}
