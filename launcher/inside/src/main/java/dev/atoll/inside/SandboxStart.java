package dev.atoll.inside;

import dev.atoll.runtime.control.ControlRecord;
import dev.atoll.runtime.control.ControlRecord.Policy;
import dev.atoll.runtime.control.ControlRecord.Setup;
import dev.atoll.runtime.dns.ResolverOptions;
import dev.atoll.runtime.link.HostAccess;
import dev.atoll.runtime.link.HostDescriptor;
import dev.atoll.runtime.link.PacketLink;
import dev.atoll.runtime.link.StreamLink;
import dev.atoll.runtime.link.TapLink;
import dev.atoll.runtime.policy.MalformedRuleSetException;
import dev.atoll.runtime.policy.RuleSetCodec;
import dev.atoll.runtime.sandbox.ProcessOwner;
import dev.atoll.runtime.sandbox.Sandbox;
import dev.atoll.runtime.sandbox.SandboxBuilder;
import dev.atoll.stack.env.Ipv6Settings;
import dev.atoll.stack.filter.Denial;
import dev.atoll.stack.filter.DenialListener;
import dev.atoll.stack.filter.RuleSet;
import dev.atoll.stack.link.LinkEndpoint;
import dev.atoll.stack.wire.IpAddress;
import dev.atoll.stack.wire.Subnet;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the stack that the launcher described. */
final class SandboxStart {
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private SandboxStart() {}

    /** Denials are for both: a line for people, and a record in the flow log. */
    private record Denials(Messenger messenger, FlowReporter flows) implements DenialListener {
        @Override
        public void denied(Denial denial) {
            messenger.denied(denial);
            flows.denied(denial);
        }
    }

    static Sandbox start(
            Setup setup,
            @Nullable Policy policy,
            Entrance entrance,
            SelectorProvider platform,
            Messenger messenger,
            @Nullable FlowReporter flows)
            throws IOException {
        SandboxBuilder builder = Sandbox.builder()
                .selectorProvider(platform)
                .denials(flows == null ? messenger : new Denials(messenger, flows))
                .packetLog(messenger)
                .plainErrors(setup.plainErrors())
                .failures(messenger)
                .localhost(new KernelLoopback())
                .names(names(setup));
        // Nothing is refused while rules only look on, and no name either.
        if (setup.names().strict() && !setup.audit()) {
            builder.strictNames();
        }
        if (setup.ipv6()) {
            builder.ipv6(ipv6(setup));
        }
        if (flows != null) {
            builder.flows(flows);
        }
        if (setup.audit()) {
            // What passes all the same is in the log when its flow ends.
            builder.audit(messenger);
        }
        ControlRecord.Link link = setup.link();
        if (link.kind() != ControlRecord.LinkKind.NONE) {
            builder.link(endpoint(link, entrance.openLink(link))).nicName(link.name());
            for (ControlRecord.Address address : setup.addresses()) {
                builder.address(address.address(), address.prefixLength());
            }
            IpAddress router = setup.router();
            if (router != null && !isAmong(setup.routes(), router)) {
                builder.router(router);
            }
            for (ControlRecord.Route route : setup.routes()) {
                builder.route(route.destination(), route.gateway(), route.options());
            }
            if (setup.captureDescriptor() != ControlRecord.NO_DESCRIPTOR) {
                builder.capture(new FileOutputStream(HostAccess.descriptor(setup.captureDescriptor())).getChannel());
            }
        }
        if (policy != null) {
            try {
                RuleSet rules = RuleSetCodec.decode(policy.rules());
                builder.policy(rules);
                if (rules.needsSocketOwner()) {
                    builder.socketOwner(ProcessOwner.read());
                }
            } catch (MalformedRuleSetException e) {
                throw new IOException("the launcher sent rules that are none: " + e.getMessage(), e);
            }
        }
        return builder.start();
    }

    private static boolean isAmong(List<ControlRecord.Route> routes, IpAddress router) {
        for (ControlRecord.Route route : routes) {
            if (router.equals(route.gateway()) && route.destination().equals(Subnet.V4_ALL)) {
                return true;
            }
        }
        return false;
    }

    private static LinkEndpoint endpoint(ControlRecord.Link link, HostDescriptor descriptor) throws IOException {
        return switch (link.kind()) {
            case NONE -> throw new IOException("there is no link to drive");
            case TAP -> new TapLink(descriptor, link.mac(), link.mtuBytes(), link.offload());
            case PACKET -> new PacketLink(descriptor, link.mac(), link.mtuBytes(), link.offload());
            case STREAM -> new StreamLink(descriptor, link.mac(), link.mtuBytes());
        };
    }

    /**
     * Addresses and routes are those of the host's interface or made by the launcher. Either way nobody else on the link has
     * them, no router need be asked for more, and nothing waits for the check of an address. A link without any is left alone.
     */
    private static Ipv6Settings ipv6(Setup setup) {
        boolean linkLocal = hasIpv6OnLink(setup);
        for (ControlRecord.Address address : setup.addresses()) {
            linkLocal &= address.address().isV4() || !address.address().isLinkLocal();
        }
        return new Ipv6Settings(linkLocal, false, 0, false, false, false, false, false);
    }

    private static boolean hasIpv6OnLink(Setup setup) {
        for (ControlRecord.Address address : setup.addresses()) {
            if (!address.address().isV4()) {
                return true;
            }
        }
        return false;
    }

    private static ResolverOptions names(Setup setup) {
        List<IpAddress> own = new ArrayList<>();
        for (ControlRecord.Address address : setup.addresses()) {
            own.add(address.address());
        }
        if (own.isEmpty()) {
            own.add(IpAddress.V4_LOOPBACK);
        }
        ControlRecord.Names names = setup.names();
        ResolverOptions options = ResolverOptions.of(names.servers())
                .withSearch(names.search(), names.dots())
                .withPatience(names.timeoutSeconds() * NS_PER_SECOND, names.attempts())
                .withRotation(names.rotate())
                .withLocalHost(setup.hostname(), own);
        return setup.ipv6() && hasIpv6OnLink(setup)
                ? options.withIpv6(true)
                : options.withIpv6LoopbackAlone(setup.ipv6());
    }
}
