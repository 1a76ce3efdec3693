package dev.atoll.launcher.policy.learn;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Folds names into families: {@value #FEWEST_NAMES} or more names right below the same one become {@code *.} and that name. A
 * family is never wider than what one owner registers: the name has two labels at least, three below a country's code with a
 * short label before it ({@code co.uk}), and is none under which a provider gives names to its customers.
 */
final class NameFamilies {
    /** So many names below one are taken for a service that has more of them than were met. */
    static final int FEWEST_NAMES = 3;

    /** A label such as the one of {@code co.uk} or {@code com.au}. */
    private static final int SHORT_LABEL = 3;

    private static final int COUNTRY_CODE = 2;

    /** Below these strangers are neighbours. */
    private static final Set<String> SHARED = Set.of(
            "amazonaws.com",
            "appspot.com",
            "azureedge.net",
            "azurewebsites.net",
            "blob.core.windows.net",
            "cloudapp.net",
            "cloudfront.net",
            "fastly.net",
            "firebaseapp.com",
            "github.io",
            "gitlab.io",
            "herokuapp.com",
            "netlify.app",
            "pages.dev",
            "run.app",
            "vercel.app",
            "web.app",
            "workers.dev");

    private NameFamilies() {}

    /** Patterns and names in alphabetical order that hold all of the names. */
    static List<String> of(Collection<String> names) {
        TreeMap<String, TreeSet<String>> byParent = new TreeMap<>();
        for (String name : names) {
            byParent.computeIfAbsent(parent(name), unused -> new TreeSet<>()).add(name);
        }
        TreeSet<String> folded = new TreeSet<>();
        byParent.forEach((parent, children) -> {
            if (children.size() >= FEWEST_NAMES && isOneOwners(parent)) {
                folded.add("*." + parent);
            } else {
                folded.addAll(children);
            }
        });
        return new ArrayList<>(folded);
    }

    private static String parent(String name) {
        return name.substring(name.indexOf('.') + 1);
    }

    private static boolean isOneOwners(String parent) {
        for (String shared : SHARED) {
            // What stands between is a region or an account: *.s3.eu-west-1.amazonaws.com is everybody's, too.
            if (parent.equals(shared) || parent.endsWith("." + shared)) {
                return false;
            }
        }
        String[] labels = parent.split("\\.", -1);
        int last = labels.length - 1;
        if (last == 1) {
            return labels[last].length() != COUNTRY_CODE || labels[last - 1].length() > SHORT_LABEL;
        }
        return last > 1;
    }
}
