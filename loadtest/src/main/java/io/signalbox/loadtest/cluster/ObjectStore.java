package io.signalbox.loadtest.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** Where the cluster's objects are kept for the config service to read. */
interface ObjectStore {
    /** Creates or replaces an object; returns it as it is kept, since a store may have given it a uid of its own. */
    ObjectNode put(ObjectNode object) throws IOException, InterruptedException;

    /** Removes an object; nothing happens when there is none. */
    void delete(ObjectNode object) throws IOException, InterruptedException;
}
