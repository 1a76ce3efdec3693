package dev.atoll.launcher.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.atoll.launcher.config.Settings.LogSettings;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets Logback up: WARN and ERROR on the terminal as Atoll's lines, everything from the chosen level on in the chosen file.
 */
public final class LauncherLog implements AutoCloseable {
    /** The program chooses some of the texts: none of them may begin a line of its own or command a terminal. */
    private static final String MESSAGE = "%replace(%msg){'[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]', '?'}";

    private static final String TERMINAL_PATTERN = "atoll: " + MESSAGE + "%n%nopex";
    private static final String FILE_PATTERN =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{0}: " + MESSAGE + "%n";

    private final LoggerContext context;

    private LauncherLog(LoggerContext context) {
        this.context = context;
    }

    /** Sets it up for this process. */
    public static LauncherLog open(LogSettings settings) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        Path file = settings.file();
        root.setLevel(file == null ? Level.WARN : lower(Level.valueOf(settings.level()), Level.WARN));
        // Netty says at DEBUG what of the JVM it uses.
        context.getLogger("io.netty").setLevel(Level.WARN);

        ConsoleAppender<ILoggingEvent> terminal = new ConsoleAppender<>();
        terminal.setContext(context);
        terminal.setTarget("System.err");
        terminal.setEncoder(pattern(context, TERMINAL_PATTERN));
        terminal.addFilter(threshold(Level.WARN));
        terminal.start();
        root.addAppender(terminal);
        if (file != null) {
            root.addAppender(toFile(context, file, settings));
        }
        return new LauncherLog(context);
    }

    private static FileAppender<ILoggingEvent> toFile(LoggerContext context, Path file, LogSettings settings) {
        FileAppender<ILoggingEvent> appender = new FileAppender<>();
        appender.setContext(context);
        appender.setFile(file.toString());
        appender.setAppend(true);
        appender.setEncoder(settings.json() ? json(context) : pattern(context, FILE_PATTERN));
        appender.addFilter(threshold(Level.valueOf(settings.level())));
        appender.start();
        return appender;
    }

    private static Encoder<ILoggingEvent> pattern(LoggerContext context, String pattern) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(pattern);
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> json(LoggerContext context) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(context);
        // The context's name and birthday say nothing here.
        encoder.setWithContext(false);
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        // The message as a person would read it, and not the pieces it is made of.
        encoder.setWithFormattedMessage(true);
        encoder.setWithMessage(false);
        encoder.setWithArguments(false);
        encoder.setWithMDC(false);
        encoder.start();
        return encoder;
    }

    private static ThresholdFilter threshold(Level level) {
        ThresholdFilter filter = new ThresholdFilter();
        filter.setLevel(level.toString());
        filter.start();
        return filter;
    }

    private static Level lower(Level a, Level b) {
        return a.isGreaterOrEqual(b) ? b : a;
    }

    /** What is logged afterwards is lost. */
    @Override
    public void close() {
        context.stop();
    }
}
