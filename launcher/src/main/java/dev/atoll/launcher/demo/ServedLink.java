package dev.atoll.launcher.demo;

import dev.atoll.launcher.LaunchException;
import dev.atoll.launcher.link.LinkAddresses;
import dev.atoll.launcher.link.OpenLink;
import dev.atoll.runtime.control.ControlRecord;
import org.jspecify.annotations.Nullable;

/** A link like another, with somebody at its other end. */
abstract class ServedLink implements OpenLink {
    private final OpenLink link;

    ServedLink(OpenLink link) {
        this.link = link;
    }

    @Override
    public ControlRecord.LinkKind wire() {
        return link.wire();
    }

    @Override
    public int programDescriptor() {
        return link.programDescriptor();
    }

    @Override
    public int headerBytes() {
        return link.headerBytes();
    }

    @Override
    public @Nullable LinkAddresses addresses() {
        return link.addresses();
    }

    @Override
    public String description() {
        return DemoLink.NAME + ":" + link.description();
    }

    @Override
    public void bringUp() throws LaunchException {
        link.bringUp();
    }

    @Override
    public void programLeaves() {
        link.programLeaves();
    }

    @Override
    public void handOver() {
        link.handOver();
    }

    @Override
    public void close() {
        link.close();
    }
}
