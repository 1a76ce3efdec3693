/**
 * Who hears what happens in a run. A further listener is a {@link dev.atoll.launcher.report.ReportSink} found by {@link
 * java.util.ServiceLoader}.
 */
@NullMarked
package dev.atoll.launcher.report;

import org.jspecify.annotations.NullMarked;
