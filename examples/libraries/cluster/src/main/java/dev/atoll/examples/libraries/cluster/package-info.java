/** Programs over brokers and coordinators: Kafka and ZooKeeper. */
@NullMarked
package dev.atoll.examples.libraries.cluster;

import org.jspecify.annotations.NullMarked;
