package dev.atoll.runtime.policy;

import dev.atoll.stack.filter.Matcher;
import dev.atoll.stack.filter.TimeMatcher;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code -m time}: at what time of the day, of the week, of the month, from when to when. */
final class TimeSyntax extends MatchSyntax {
    private static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.of("datestart", 1, false),
            OptionSpec.of("datestop", 1, false),
            OptionSpec.of("timestart", 1, false),
            OptionSpec.of("timestop", 1, false),
            OptionSpec.of("monthdays", 1, true),
            OptionSpec.of("weekdays", 1, true),
            OptionSpec.of("contiguous", 0, false),
            OptionSpec.of("kerneltz", 0, false),
            OptionSpec.of("utc", 0, false),
            OptionSpec.of("localtz", 0, false));

    private static final List<String> DAYS = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
    private static final Pattern DATE =
            Pattern.compile("(\\d{4})(?:-(\\d{1,2})(?:-(\\d{1,2})(?:T(\\d{1,2})(?::(\\d{1,2})(?::(\\d{1,2}))?)?)?)?)?");
    private static final Pattern TIME = Pattern.compile("(\\d{1,2}):(\\d{1,2})(?::(\\d{1,2}))?");
    private static final int MINUTE = 60;
    private static final int HOUR = 60 * MINUTE;

    TimeSyntax() {
        super("time", OPTIONS);
    }

    @Override
    @Nullable Matcher finish(Word at, Line line) {
        long first = date("datestart", 0, line);
        long last = date("datestop", TimeMatcher.LAST_SECOND, line);
        int dayFirst = time("timestart", 0, line);
        int dayLast = time("timestop", TimeMatcher.DAY_LAST, line);
        int monthDays = monthDays(line);
        int weekDays = weekDays(line);
        Use zone = only(List.of("kerneltz", "localtz", "utc"), line);
        Use contiguous = used("contiguous");
        if (line.isBad()) {
            return null;
        }
        if (contiguous != null && dayFirst <= dayLast) {
            line.error(contiguous.at(), "--contiguous is for times over midnight: --timestop below --timestart");
        }
        Use stop = used("datestop");
        if (first > last && stop != null) {
            line.error(stop.argument(), "--datestop is before --datestart, so this never matches");
        }
        if (line.isBad()) {
            return null;
        }
        return new TimeMatcher(
                first,
                last,
                dayFirst,
                dayLast,
                monthDays,
                weekDays,
                contiguous != null,
                zone != null && !zone.is("utc"));
    }

    private long date(String option, long otherwise, Line line) {
        Use use = used(option);
        if (use == null) {
            return otherwise;
        }
        java.util.regex.Matcher parts = DATE.matcher(use.argument().text());
        if (parts.matches()) {
            try {
                long second = LocalDateTime.of(
                                part(parts, 1, 0),
                                part(parts, 2, 1),
                                part(parts, 3, 1),
                                part(parts, 4, 0),
                                part(parts, 5, 0),
                                part(parts, 6, 0))
                        .toEpochSecond(ZoneOffset.UTC);
                if (second >= 0 && second <= TimeMatcher.LAST_SECOND) {
                    return second;
                }
            } catch (DateTimeException e) {
                line.error(
                        use.argument(), "there is no date \"" + use.argument().text() + "\": " + e.getMessage());
                return otherwise;
            }
        }
        line.error(
                use.argument(),
                "\"" + use.argument().text() + "\" is no date from 1970 to 2038-01-19T03:14:07, expected"
                        + " YYYY[-MM[-DD[Thh[:mm[:ss]]]]]");
        return otherwise;
    }

    private static int part(java.util.regex.Matcher parts, int group, int otherwise) {
        String text = parts.group(group);
        return text == null ? otherwise : Integer.parseInt(text);
    }

    private int time(String option, int otherwise, Line line) {
        Use use = used(option);
        if (use == null) {
            return otherwise;
        }
        java.util.regex.Matcher parts = TIME.matcher(use.argument().text());
        if (parts.matches()) {
            int hours = part(parts, 1, 0);
            int minutes = part(parts, 2, 0);
            int seconds = part(parts, 3, 0);
            if (hours < 24 && minutes < 60 && seconds < 60) {
                return hours * HOUR + minutes * MINUTE + seconds;
            }
        }
        line.error(
                use.argument(),
                "\"" + use.argument().text() + "\" is no time of the day, expected hh:mm or hh:mm:ss, up to 23:59:59");
        return otherwise;
    }

    private int monthDays(Line line) {
        Use use = used("monthdays");
        if (use == null) {
            return TimeMatcher.ALL_MONTH_DAYS;
        }
        int days = 0;
        for (String text : use.argument().text().split(",", -1)) {
            int day = Ports.number(text, 31);
            if (day < 1) {
                line.error(
                        use.argument(), "\"" + text + "\" is no day of a month, expected 1 to 31, several with commas");
                return days;
            }
            days |= 1 << day;
        }
        return days(use, days, TimeMatcher.ALL_MONTH_DAYS, line);
    }

    private int weekDays(Line line) {
        Use use = used("weekdays");
        if (use == null) {
            return TimeMatcher.ALL_WEEK_DAYS;
        }
        int days = 0;
        for (String text : use.argument().text().split(",", -1)) {
            int day = weekDay(text);
            if (day < 1) {
                line.error(
                        use.argument(),
                        "\"" + text + "\" is no day of the week, expected " + String.join(", ", DAYS) + " or 1 to 7");
                return days;
            }
            days |= 1 << day;
        }
        return days(use, days, TimeMatcher.ALL_WEEK_DAYS, line);
    }

    private static int days(Use use, int days, int all, Line line) {
        int wanted = use.negated() ? all & ~days : days;
        if (wanted == 0) {
            line.error(use.argument(), "no day is left, so this never matches");
        }
        return wanted;
    }

    /** As iptables has it, by the first two letters. */
    private static int weekDay(String text) {
        for (int i = 0; i < DAYS.size(); i++) {
            if (text.length() >= 2 && text.startsWith(DAYS.get(i).substring(0, 2))) {
                return i + 1;
            }
        }
        return Ports.number(text, DAYS.size());
    }

    static void print(TimeMatcher matcher, RuleText out) {
        out.match("time");
        if (matcher.dayFirst() != 0 || matcher.dayLast() != TimeMatcher.DAY_LAST) {
            out.option(false, "timestart").word(time(matcher.dayFirst()));
            out.option(false, "timestop").word(time(matcher.dayLast()));
        }
        if (matcher.monthDays() != TimeMatcher.ALL_MONTH_DAYS) {
            List<String> days = new ArrayList<>();
            for (int day = 1; day <= 31; day++) {
                if ((matcher.monthDays() >> day & 1) != 0) {
                    days.add(Integer.toString(day));
                }
            }
            out.option(false, "monthdays").word(String.join(",", days));
        }
        if (matcher.weekDays() != TimeMatcher.ALL_WEEK_DAYS) {
            List<String> days = new ArrayList<>();
            for (int day = 1; day <= DAYS.size(); day++) {
                if ((matcher.weekDays() >> day & 1) != 0) {
                    days.add(DAYS.get(day - 1));
                }
            }
            out.option(false, "weekdays").word(String.join(",", days));
        }
        if (matcher.firstSecond() != 0) {
            out.option(false, "datestart").word(date(matcher.firstSecond()));
        }
        out.option(false, "datestop").word(date(matcher.lastSecond()));
        if (matcher.kernelZone()) {
            out.option(false, "kerneltz");
        }
        if (matcher.contiguous()) {
            out.option(false, "contiguous");
        }
    }

    private static String time(int second) {
        return String.format(Locale.ROOT, "%02d:%02d:%02d", second / HOUR, second / MINUTE % 60, second % 60);
    }

    private static String date(long second) {
        LocalDateTime date = LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC);
        return date.toLocalDate() + "T" + time(date.toLocalTime().toSecondOfDay());
    }
}
