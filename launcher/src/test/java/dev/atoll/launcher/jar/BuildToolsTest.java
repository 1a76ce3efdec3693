package dev.atoll.launcher.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.atoll.launcher.jar.Atoll.Result;
import dev.atoll.testing.Jdks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Builds in a sandbox whose tests run in JVMs of their own. */
@Tag("jar")
@Timeout(300)
class BuildToolsTest {
    private static final String RULE = "-A OUTPUT -p tcp --dport 8081 -j REJECT --reject-with tcp-reset";

    @TempDir
    Path directory;

    static List<Integer> jdks() {
        return Jdks.tested();
    }

    /** Surefire's forks talk to Maven through pipes, or over a connection of loopback. */
    @ParameterizedTest
    @ValueSource(strings = {"LegacyForkNodeFactory", "SurefireForkNodeFactory"})
    void maven_eachForkHasANetworkOfItsOwn(String channel) throws Exception {
        Needs.tap();
        Needs.needsCommand("mvn", "maven");
        try (HostSide host = new HostSide()) {
            host.serve("8080", "8081");
            Atoll atoll = new Atoll(directory).behind(host.prefix());
            Path project = project(channel);
            Path rules = atoll.file("build.rules", "*filter", ":INPUT ACCEPT", ":OUTPUT ACCEPT", RULE, "COMMIT");
            Result result = atoll.run(
                    "run",
                    "--link",
                    "tap",
                    "--policy",
                    rules.toString(),
                    "--status-file",
                    atoll.path("status.json").toString(),
                    "--",
                    "mvn",
                    "-B",
                    "-o",
                    "-q",
                    "-Dmaven.repo.local=" + System.getProperty("localRepository"),
                    "-f",
                    project.toString(),
                    "test");

            result.assertExit(0);
            Set<String> addresses = new HashSet<>();
            for (String name : List.of("FirstTest", "SecondTest", "ThirdTest")) {
                List<String> seen = Files.readAllLines(project.resolve("target").resolve(name));
                assertTrue(addresses.add(seen.get(0)) && seen.get(0).startsWith("10.66.128."), seen::toString);
                assertEquals("hello", seen.get(1));
                assertEquals("Connection refused (" + rules + ":4: " + RULE + ")", seen.get(2));
            }
            assertEquals("3", Json.read(atoll.path("status.json")).text("denials"));
        }
    }

    /** Two forks at a time, each for one class; as long as all are alive no address is given out twice. */
    private Path project(String channel) throws IOException {
        Path project = Files.createDirectories(directory.resolve("project"));
        Path tests = Files.createDirectories(project.resolve("src/test/java"));
        Files.writeString(project.resolve("pom.xml"), """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>example</groupId>
                  <artifactId>forks</artifactId>
                  <version>1</version>
                  <properties>
                    <maven.compiler.release>17</maven.compiler.release>
                    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
                  </properties>
                  <dependencies>
                    <dependency>
                      <groupId>org.junit.jupiter</groupId>
                      <artifactId>junit-jupiter</artifactId>
                      <version>%s</version>
                      <scope>test</scope>
                    </dependency>
                  </dependencies>
                  <build>
                    <plugins>
                      %s
                      %s
                      <plugin>
                        <artifactId>maven-surefire-plugin</artifactId>
                        <version>%s</version>
                        <configuration>
                          <forkCount>3</forkCount>
                          <reuseForks>false</reuseForks>
                          <forkNode implementation="org.apache.maven.plugin.surefire.extensions.%s"/>
                        </configuration>
                      </plugin>
                    </plugins>
                  </build>
                </project>
                """.formatted(
                        ofOwnBuild("<junit.version>([^<]*)<"),
                        plugin("maven-resources-plugin"),
                        plugin("maven-compiler-plugin"),
                        versionOf("maven-surefire-plugin"),
                        channel));
        for (String name : List.of("FirstTest", "SecondTest", "ThirdTest")) {
            Files.writeString(tests.resolve(name + ".java"), """
                    import java.net.*;
                    import java.nio.file.*;
                    import java.util.*;
                    import org.junit.jupiter.api.Test;

                    class %1$s {
                        @Test
                        void network() throws Exception {
                            List<String> seen = new ArrayList<>();
                            seen.add(Collections.list(NetworkInterface.getByName("eth0").getInetAddresses()).get(0).getHostAddress());
                            try (Socket socket = new Socket("%2$s", 8080)) {
                                socket.getOutputStream().write("GET / HTTP/1.0\\r\\n\\r\\n".getBytes());
                                seen.add(new String(socket.getInputStream().readAllBytes()));
                            }
                            try (Socket socket = new Socket("%2$s", 8081)) {
                                seen.add("connected");
                            } catch (ConnectException e) {
                                seen.add(e.getMessage());
                            }
                            Files.createFile(Path.of("target", "started-%1$s"));
                            for (String other : List.of("FirstTest", "SecondTest", "ThirdTest")) {
                                for (int i = 0; i < 3000 && !Files.exists(Path.of("target", "started-" + other)); i++) {
                                    Thread.sleep(10);
                                }
                            }
                            Files.write(Path.of("target", "%1$s"), seen);
                        }
                    }
                    """.formatted(name, HostSide.ADDRESS));
        }
        return project;
    }

    private static String plugin(String name) throws IOException {
        return "<plugin><artifactId>" + name + "</artifactId><version>" + versionOf(name) + "</version></plugin>";
    }

    private static String versionOf(String plugin) throws IOException {
        return ofOwnBuild("<artifactId>" + plugin + "</artifactId>\\s*<version>([^<]*)<");
    }

    /** What this project's build uses is there, whether or not there is a network. */
    private static String ofOwnBuild(String pattern) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(Path.of("../pom.xml")));
        assertTrue(matcher.find(), pattern);
        return matcher.group(1);
    }

    /**
     * As Gradle starts a worker: options in a file, its configuration on standard input, from where it learns at which addresses and port
     * the daemon listens, and tries one after the other.
     */
    @ParameterizedTest
    @MethodSource("jdks")
    void gradle_workerConnectsBackToItsDaemon(int feature) throws Exception {
        Needs.namespaces();
        Path jdk = Jdks.require(feature);
        Result result = new Atoll(directory)
                .on(jdk)
                .run(
                        "run",
                        "--link",
                        "stream",
                        "--",
                        jdk + "/bin/java",
                        "-cp",
                        Atoll.CLASSES.toString(),
                        Daemon.class.getName(),
                        directory.toString())
                .assertExit(0);

        assertEquals(
                List.of("worker at 10.66.128.2 says done", "worker ended: 0"),
                result.stdout().lines().toList(),
                result::toString);
        assertEquals("", result.stderr());
    }
}
