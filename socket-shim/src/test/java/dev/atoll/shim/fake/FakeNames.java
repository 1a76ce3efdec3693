package dev.atoll.shim.fake;

import dev.atoll.stack.socket.NameService;
import dev.atoll.stack.wire.IpAddress;
import java.util.List;

/** Knows itself, localhost and one server. */
public final class FakeNames implements NameService {
    @Override
    public List<IpAddress> lookup(String host) throws UnknownNameException {
        return switch (host) {
            case "localhost" -> List.of(IpAddress.V4_LOOPBACK);
            case "island" -> List.of(FakeStack.HOST);
            case "server.test" -> List.of(IpAddress.parse("10.0.0.7"), IpAddress.parse("10.0.0.8"));
            default -> throw new UnknownNameException(host, UnknownNameException.Reason.NOT_KNOWN, null);
        };
    }

    @Override
    public String reverse(IpAddress address) throws UnknownNameException {
        if (address.equals(FakeStack.HOST)) {
            return "island";
        }
        throw new UnknownNameException(address.toString(), UnknownNameException.Reason.NOT_KNOWN, null);
    }

    @Override
    public String localHostName() {
        return "island";
    }
}
