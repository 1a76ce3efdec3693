package dev.atoll.stack.filter;

import dev.atoll.stack.archive.Archive;
import dev.atoll.stack.env.Check;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code -m time}: when the packet is judged, by the wall clock in UTC, as xt_time of Linux has it.
 *
 * @param firstSecond {@code --datestart}, seconds since 1970
 * @param lastSecond {@code --datestop}
 * @param dayFirst {@code --timestart}, seconds of the day
 * @param dayLast {@code --timestop}; if it is below the start, the time goes on over midnight
 * @param monthDays bits 1 to 31
 * @param weekDays bits 1 for Monday to 7
 * @param contiguous {@code --contiguous}: what goes on over midnight is of the day it begins at
 * @param kernelZone {@code --kerneltz}, which is printed; there is no other zone than UTC here
 */
public record TimeMatcher(
        long firstSecond,
        long lastSecond,
        int dayFirst,
        int dayLast,
        int monthDays,
        int weekDays,
        boolean contiguous,
        boolean kernelZone)
        implements StandardMatcher {
    /** 19 January 2038: what iptables takes at most. */
    public static final long LAST_SECOND = Integer.MAX_VALUE;

    /** The last second of a day. */
    public static final int DAY_LAST = 24 * 60 * 60 - 1;

    /** Every day of the month. */
    public static final int ALL_MONTH_DAYS = -2;

    /** Every day of the week. */
    public static final int ALL_WEEK_DAYS = 0xfe;

    private static final int DAY_SECONDS = DAY_LAST + 1;
    private static final long DAYS_OF_400_YEARS = 146_097;
    /** From 1 March of the year 0 to 1 January 1970. */
    private static final long DAYS_TO_1970 = 719_468;

    private static final int THURSDAY = 4;

    public TimeMatcher {
        Check.argument(
                firstSecond >= 0 && firstSecond <= LAST_SECOND, "firstSecond", firstSecond, "0 to " + LAST_SECOND);
        Check.argument(lastSecond >= 0 && lastSecond <= LAST_SECOND, "lastSecond", lastSecond, "0 to " + LAST_SECOND);
        Check.argument(dayFirst >= 0 && dayFirst <= DAY_LAST, "dayFirst", dayFirst, "0 to " + DAY_LAST);
        Check.argument(dayLast >= 0 && dayLast <= DAY_LAST, "dayLast", dayLast, "0 to " + DAY_LAST);
        Check.argument((monthDays & 1) == 0, "monthDays", monthDays, "bits 1 to 31");
        Check.argument((weekDays & ~ALL_WEEK_DAYS) == 0, "weekDays", weekDays, "bits 1 to 7");
        Check.argument(!contiguous || dayFirst > dayLast, "contiguous", contiguous, "only over midnight");
    }

    @Override
    public Result match(PacketContext context) {
        long second = Math.floorDiv(context.epochNs(), TimeUnit.SECONDS.toNanos(1));
        if (second < firstSecond || second > lastSecond) {
            return Result.NO;
        }
        int ofDay = (int) Math.floorMod(second, (long) DAY_SECONDS);
        long day = Math.floorDiv(second, (long) DAY_SECONDS);
        if (dayFirst < dayLast) {
            if (ofDay < dayFirst || ofDay > dayLast) {
                return Result.NO;
            }
        } else {
            if (ofDay < dayFirst && ofDay > dayLast) {
                return Result.NO;
            }
            // What is left of the day before.
            if (contiguous && ofDay < dayFirst) {
                day--;
            }
        }
        int weekDay = (int) Math.floorMod(day + THURSDAY - 1, 7L) + 1;
        return Matcher.of((weekDays >> weekDay & 1) != 0 && (monthDays >> monthDay(day) & 1) != 0);
    }

    /** The day of the month, from 1, of a day since 1970 in the Gregorian calendar, by years that begin in March. */
    private static int monthDay(long day) {
        long ofEra = Math.floorMod(day + DAYS_TO_1970, DAYS_OF_400_YEARS);
        long year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365;
        long ofYear = ofEra - (365 * year + year / 4 - year / 100);
        long month = (5 * ofYear + 2) / 153;
        return (int) (ofYear - (153 * month + 2) / 5 + 1);
    }

    static TimeMatcher archived(Archive archive, @Nullable TimeMatcher value) {
        long first = archive.int64(value == null ? 0 : value.firstSecond());
        long last = archive.int64(value == null ? 0 : value.lastSecond());
        int dayFirst = archive.int32(value == null ? 0 : value.dayFirst());
        int dayLast = archive.int32(value == null ? 0 : value.dayLast());
        int monthDays = archive.int32(value == null ? 0 : value.monthDays());
        int weekDays = archive.int32(value == null ? 0 : value.weekDays());
        boolean contiguous = archive.bool(value != null && value.contiguous());
        boolean kernelZone = archive.bool(value != null && value.kernelZone());
        return new TimeMatcher(first, last, dayFirst, dayLast, monthDays, weekDays, contiguous, kernelZone);
    }
}
