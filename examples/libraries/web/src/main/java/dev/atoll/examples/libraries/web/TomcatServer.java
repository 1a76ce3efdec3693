package dev.atoll.examples.libraries.web;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.util.ServerInfo;

/**
 * An embedded Tomcat: {@code GET /} answers a greeting, {@code POST /echo} the body it got, as it comes.
 *
 * <p>Usage: {@code TomcatServer DIRECTORY PORT}, with a directory of Tomcat's own. Serves until it is killed.
 */
public final class TomcatServer {
    private TomcatServer() {}

    public static void main(String[] args) throws Exception {
        if (args.length != 2) {
            throw new IllegalArgumentException("usage: TomcatServer DIRECTORY PORT");
        }
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(args[0]);
        tomcat.setPort(Integer.parseInt(args[1]));
        // It is there only once it was asked for.
        Connector connector = tomcat.getConnector();
        Context context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "greeting and echo", new GreetingAndEcho()).addMapping("/");
        tomcat.start();
        System.out.println("listening on " + connector.getLocalPort() + ", " + ServerInfo.getServerInfo());
        tomcat.getServer().await();
    }

    private static final class GreetingAndEcho extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("text/plain");
            response.getWriter().print("hello from the island\n");
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            request.getInputStream().transferTo(response.getOutputStream());
        }
    }
}
