package io.signalbox.agent.model;

/**
 * The operator's rule that something was compiled from.
 *
 * @param kind such as {@code VirtualService}
 * @param namespace of the object
 * @param name of the object
 * @param route name of the route inside the object; empty where it has none
 * @param index of the route inside its list, from 0
 */
public record RuleRef(String kind, String namespace, String name, String route, int index) {
    /** The form in which spans and logs show a rule: {@code VirtualService/shop/catalog#canary}, or {@code #0}. */
    @Override
    public String toString() {
        return kind + "/" + namespace + "/" + name + "#" + (route.isEmpty() ? String.valueOf(index) : route);
    }
}
