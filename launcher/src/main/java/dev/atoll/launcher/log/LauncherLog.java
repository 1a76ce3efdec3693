package dev.atoll.launcher.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.atoll.launcher.config.Settings.LogSettings;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * Sets Logback up as the settings say: to a file if there is one, and what is WARN or worse to the terminal, marked as
 * Atoll's like every line of ours there.
 */
public final class LauncherLog {
    private LauncherLog() {}

    /** Replaces whatever was configured. */
    public static void configure(LogSettings settings) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.toLevel(settings.level(), Level.INFO));
        root.addAppender(terminal(context));
        Path file = settings.file();
        if (file != null) {
            FileAppender<ILoggingEvent> appender = new FileAppender<>();
            appender.setFile(file.toString());
            Encoder<ILoggingEvent> encoder =
                    settings.json() ? new JsonEncoder() : pattern(context, "%d{ISO8601} %-5level %logger{20} %msg%n");
            start(appender, encoder, context);
            root.addAppender(appender);
        }
    }

    private static ConsoleAppender<ILoggingEvent> terminal(LoggerContext context) {
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setTarget("System.err");
        ThresholdFilter warnings = new ThresholdFilter();
        warnings.setLevel("WARN");
        warnings.start();
        appender.addFilter(warnings);
        start(appender, pattern(context, "atoll: %msg%n%nopex"), context);
        return appender;
    }

    private static PatternLayoutEncoder pattern(LoggerContext context, String text) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(text);
        return encoder;
    }

    private static void start(
            OutputStreamAppender<ILoggingEvent> appender, Encoder<ILoggingEvent> encoder, LoggerContext context) {
        encoder.setContext(context);
        encoder.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
    }
}
