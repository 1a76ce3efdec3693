package dev.atoll.stack.packetdrill;

import dev.atoll.stack.options.TcpInfo;
import dev.atoll.stack.wire.TcpState;
import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** TCP_INFO under the names and numbers that scripts know. */
final class InfoFields {
    private InfoFields() {}

    static Map<String, Long> of(TcpInfo info) {
        Map<String, Long> fields = new HashMap<>();
        for (RecordComponent component : TcpInfo.class.getRecordComponents()) {
            String name =
                    "tcpi_" + component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
            fields.put(name, number(component, info));
        }
        fields.put("TCP_ESTABLISHED", 1L);
        fields.put("TCP_CLOSE", 7L);
        fields.put("TCP_CA_Open", 0L);
        fields.put("TCP_CA_Disorder", 1L);
        fields.put("TCP_CA_CWR", 2L);
        fields.put("TCP_CA_Recovery", 3L);
        fields.put("TCP_CA_Loss", 4L);
        long options = (info.timestamps() ? 1 : 0)
                | (info.sack() ? 2 : 0)
                | (info.windowScaling() ? 4 : 0)
                | (info.ecn() ? 8 : 0);
        fields.put("tcpi_options", options);
        fields.put("TCPI_OPT_TIMESTAMPS", 1L);
        fields.put("TCPI_OPT_SACK", 2L);
        fields.put("TCPI_OPT_WSCALE", 4L);
        fields.put("TCPI_OPT_ECN", 8L);
        return fields;
    }

    // The ordinals of the states of loss recovery are defined to be Linux's numbers.
    @SuppressWarnings("EnumOrdinal")
    private static long number(RecordComponent component, TcpInfo info) {
        Object value;
        try {
            value = component.getAccessor().invoke(info);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(component.getName(), e);
        }
        if (value instanceof TcpState state) {
            return number(state);
        }
        if (value instanceof TcpInfo.CaState state) {
            return state.ordinal();
        }
        return value instanceof Boolean on ? (on ? 1 : 0) : ((Number) value).longValue();
    }

    private static long number(TcpState state) {
        return switch (state) {
            case ESTABLISHED -> 1;
            case SYN_SENT -> 2;
            case SYN_RECEIVED -> 3;
            case FIN_WAIT_1 -> 4;
            case FIN_WAIT_2 -> 5;
            case TIME_WAIT -> 6;
            case CLOSED -> 7;
            case CLOSE_WAIT -> 8;
            case LAST_ACK -> 9;
            case LISTEN -> 10;
            case CLOSING -> 11;
        };
    }
}
