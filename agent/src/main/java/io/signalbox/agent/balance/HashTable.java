package io.signalbox.agent.balance;

/**
 * From the hash of a key to an endpoint, always the same one. Immutable, so that all event loops share it. The slots
 * that follow a key's own say who stands in for an endpoint that is out: so its keys spread over the others, and come
 * back to it later.
 */
sealed interface HashTable permits RingHashTable, MaglevTable {
    /** The key's own slot. */
    int slot(long hash);

    /** Number of slots; from the last one the first follows. */
    int size();

    /** The member that a slot belongs to, by its index. */
    int member(int slot);
}
