package dev.atoll.shim.fake;

import dev.atoll.shim.NameService;
import dev.atoll.stack.wire.IpAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Knows itself, localhost and one server. */
public final class FakeNames implements NameService {
    @Override
    public List<IpAddress> lookup(String host) throws UnknownHostException {
        return switch (host) {
            case "localhost" -> List.of(IpAddress.V4_LOOPBACK);
            case "island" -> List.of(FakeStack.HOST);
            case "server.test" -> List.of(IpAddress.parse("10.0.0.7"), IpAddress.parse("10.0.0.8"));
            default -> throw new UnknownHostException(host + ": Name or service not known");
        };
    }

    @Override
    public String reverse(IpAddress address) throws UnknownHostException {
        if (address.equals(FakeStack.HOST)) {
            return "island";
        }
        throw new UnknownHostException(address.toString());
    }

    @Override
    public String localHostName() {
        return "island";
    }
}
