package dev.atoll.launcher.policy.hocon;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigParseable;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Notes which files are included, and leaves including to whoever does it otherwise. */
final class IncludeNotes implements ConfigIncluder, ConfigIncluderFile {
    /** What the library tries where a name has no ending that it knows. */
    private static final List<String> ENDINGS = List.of("", ".conf", ".json", ".properties");

    private final Set<Path> files;
    private final @Nullable ConfigIncluder otherwise;

    IncludeNotes(Set<Path> files) {
        this(files, null);
    }

    private IncludeNotes(Set<Path> files, @Nullable ConfigIncluder otherwise) {
        this.files = files;
        this.otherwise = otherwise;
    }

    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
        return new IncludeNotes(files, fallback);
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
        for (String ending : ENDINGS) {
            ConfigParseable meant = context.relativeTo(what + ending);
            String file = meant == null ? null : meant.origin().filename();
            if (file != null) {
                files.add(Path.of(file));
            }
        }
        ConfigIncluder next = otherwise;
        return next == null ? ConfigFactory.empty().root() : next.include(context, what);
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File what) {
        files.add(what.toPath());
        if (otherwise instanceof ConfigIncluderFile next) {
            return next.includeFile(context, what);
        }
        ConfigParseOptions options = context.parseOptions();
        return ConfigFactory.parseFile(what, options).root();
    }
}
