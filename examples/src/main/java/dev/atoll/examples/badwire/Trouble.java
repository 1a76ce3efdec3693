package dev.atoll.examples.badwire;

/**
 * How one direction of the wire treats frames. Probabilities are from 0 to 1, times in nanoseconds.
 *
 * @param delayNs the least time under way
 * @param jitterNs up to so much more; frames keep their order
 * @param loss how likely a frame is lost
 * @param reorder how likely a frame is held back and overtaken
 * @param holdNs for how long it is held back
 * @param duplicate how likely a frame arrives twice
 * @param corrupt how likely some bits of an IP packet are turned over
 */
public record Trouble(
        long delayNs, long jitterNs, double loss, double reorder, long holdNs, double duplicate, double corrupt) {
    /** A perfect wire. */
    public static final Trouble NONE = new Trouble(0, 0, 0, 0, 5_000_000, 0, 0);

    /**
     * Reads settings such as {@code loss=0.02,delay=20ms}; what is not named is as in {@link #NONE}.
     *
     * @throws IllegalArgumentException saying which setting is wrong
     */
    public static Trouble parse(String text) {
        Trouble trouble = NONE;
        for (String setting : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            int equals = setting.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("\"" + setting + "\" is not NAME=VALUE");
            }
            trouble = trouble.with(setting.substring(0, equals), setting.substring(equals + 1));
        }
        return trouble;
    }

    private Trouble with(String name, String value) {
        return switch (name) {
            case "delay" -> new Trouble(nanos(value), jitterNs, loss, reorder, holdNs, duplicate, corrupt);
            case "jitter" -> new Trouble(delayNs, nanos(value), loss, reorder, holdNs, duplicate, corrupt);
            case "hold" -> new Trouble(delayNs, jitterNs, loss, reorder, nanos(value), duplicate, corrupt);
            case "loss" -> new Trouble(delayNs, jitterNs, share(value), reorder, holdNs, duplicate, corrupt);
            case "reorder" -> new Trouble(delayNs, jitterNs, loss, share(value), holdNs, duplicate, corrupt);
            case "duplicate" -> new Trouble(delayNs, jitterNs, loss, reorder, holdNs, share(value), corrupt);
            case "corrupt" -> new Trouble(delayNs, jitterNs, loss, reorder, holdNs, duplicate, share(value));
            default ->
                throw new IllegalArgumentException(
                        "\"" + name + "\" is not one of delay, jitter, hold, loss, reorder, duplicate, corrupt");
        };
    }

    private static long nanos(String value) {
        try {
            if (value.endsWith("ms")) {
                return Math.round(Double.parseDouble(value.substring(0, value.length() - 2)) * 1e6);
            }
            if (value.endsWith("us")) {
                return Math.round(Double.parseDouble(value.substring(0, value.length() - 2)) * 1e3);
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + value + "\" is not a time such as 20ms or 500us", e);
        }
        throw new IllegalArgumentException("\"" + value + "\" is not a time such as 20ms or 500us");
    }

    private static double share(String value) {
        try {
            double share = Double.parseDouble(value);
            if (share >= 0 && share <= 1) {
                return share;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + value + "\" is not a probability from 0 to 1", e);
        }
        throw new IllegalArgumentException("\"" + value + "\" is not a probability from 0 to 1");
    }
}
