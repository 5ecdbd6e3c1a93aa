package io.signalbox.agent.model;

/**
 * The operator's rule that a route was compiled from.
 *
 * @param kind such as {@code VirtualService}
 * @param namespace of the object
 * @param name of the object
 * @param route name of the route inside the object, or its index from 0 where it has none
 */
public record RuleRef(String kind, String namespace, String name, String route) {
    /** The form in which spans and logs show a rule: {@code VirtualService/shop/catalog#canary}. */
    @Override
    public String toString() {
        return kind + "/" + namespace + "/" + name + "#" + route;
    }
}
