package io.signalbox.loadtest.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;

/** Where the cluster's objects are kept for the config service to read. */
interface ObjectStore extends AutoCloseable {
    /** Options of the config service that make it read from here. */
    List<String> sourceOptions();

    /** Options of the config service by which it knows agents. */
    List<String> authenticationOptions();

    /** Options of the agent of that node by which it proves who it is. */
    List<String> identityOptions(String node) throws IOException;

    /** Options by which kubectl finds it. */
    List<String> kubectlOptions();

    /** A shell command that shows people the objects. */
    String look();

    /** Creates or replaces an object; returns it as it is kept, since a store may have given it a uid of its own. */
    ObjectNode put(ObjectNode object) throws IOException, InterruptedException;

    /** Removes an object; nothing happens when there is none. */
    void delete(ObjectNode object) throws IOException, InterruptedException;

    @Override
    void close() throws IOException;
}
