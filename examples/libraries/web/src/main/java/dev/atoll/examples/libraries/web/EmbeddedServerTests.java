package dev.atoll.examples.libraries.web;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.http.Fault;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests as projects have them, of a client against a server that the tests start themselves, at a port that the system
 * chooses: WireMock, on Jetty. Run by JUnit's console launcher; the property {@code url} names a file of a web server that
 * is elsewhere.
 */
public final class EmbeddedServerTests {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int REQUESTS = 200;

    private static final WireMockServer server = new WireMockServer(options().dynamicPort());
    private static final HttpClient client =
            HttpClient.newBuilder().connectTimeout(LIMIT).build();

    @BeforeAll
    static void start() {
        server.start();
    }

    @AfterAll
    static void stop() {
        server.stop();
    }

    @BeforeEach
    void forget() {
        server.resetAll();
    }

    @Test
    void requests_areAnsweredAndCounted() throws Exception {
        server.stubFor(get("/greeting").willReturn(ok("hello from the island")));
        for (int i = 0; i < REQUESTS; i++) {
            assertEquals("hello from the island", fetch(server.url("/greeting"), HttpResponse.BodyHandlers.ofString()));
        }
        server.verify(REQUESTS, getRequestedFor(urlEqualTo("/greeting")));
    }

    @Test
    void serverThatResets_isAnErrorOfTheClient() {
        server.stubFor(get("/reset").willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)));
        assertThrows(IOException.class, () -> fetch(server.url("/reset"), HttpResponse.BodyHandlers.ofString()));
    }

    @Test
    void serverAsProxy_handsOnWhatAnotherSends() throws Exception {
        URI file = URI.create(System.getProperty("url"));
        String origin = file.getScheme() + "://" + file.getAuthority();
        server.stubFor(get(file.getPath()).willReturn(aResponse().proxiedFrom(origin)));
        assertArrayEquals(
                fetch(file.toString(), HttpResponse.BodyHandlers.ofByteArray()),
                fetch(server.url(file.getPath()), HttpResponse.BodyHandlers.ofByteArray()));
    }

    private static <T> T fetch(String url, HttpResponse.BodyHandler<T> body) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(LIMIT).build();
        HttpResponse<T> response = client.send(request, body);
        assertEquals(200, response.statusCode());
        return response.body();
    }
}
