using System.Text;
using Ingest.Engine;
using Ingest.Schemas;

namespace Ingest.Collector;

/// <summary>Reads one file of <c>config/sources</c>.</summary>
internal static class SourceFile
{
    private static readonly string[] FieldKeys = ["event_id", "name", "occurred_at", "sent_at", "schema", "data"];

    /// <summary>Reads a source.</summary>
    /// <param name="root">The file's object.</param>
    /// <param name="fileName">The file's name without its ending: the source's name where it gives none.</param>
    /// <param name="schemas">Where its schemas are.</param>
    /// <param name="settings">The settings in force.</param>
    public static Source Read(ConfigurationSection root, string fileName, SchemaFolder schemas, CollectorSettings settings)
    {
        var name = root.Text("name") ?? fileName;
        if (!SourceName.IsValid(name))
            root.Fail("name", $"is '{name}'", "Use 1 to 64 of a-z 0-9 _ - . and begin with a letter or digit");
        else if (name == Source.UnclaimedName)
            root.Fail("name", $"is '{name}', which is built in", "Choose another name");
        var unknownSchema = Policy(root);
        var source = new Source
        {
            Name = name,
            Partitions = root.Number("partitions", 1, 1024) ?? 1,
            WriteKeys = new WriteKeys(root.Texts("writeKeys", IsWriteKey, "keys of 8 to 128 of A-Z a-z 0-9 _ - .")),
            FixedSchema = FixedSchema(root, schemas, unknownSchema),
            Validator = new SourceValidator(schemas, unknownSchema),
            Fields = Fields(root.Section("fields")),
            EventBytesMax = (int?)root.Bytes("eventBytesMax", 1 << 10, settings.Limits.DecompressedBytesMax)
                ?? Math.Min(1 << 20, settings.Limits.DecompressedBytesMax),
            Snowplow = Snowplow(root.Section("snowplow")),
        };
        root.Finish();
        return source;
    }

    private static UnknownSchema Policy(ConfigurationSection root)
    {
        switch (root.Text("unknownSchema"))
        {
            case "accept":
                return UnknownSchema.Accept;
            case null or "quarantine":
                return UnknownSchema.Quarantine;
            default:
                root.Fail("unknownSchema", "is no known policy", "Write \"quarantine\" or \"accept\"");
                return UnknownSchema.Quarantine;
        }
    }

    private static ReadOnlyMemory<byte> FixedSchema(ConfigurationSection root, SchemaFolder schemas, UnknownSchema policy)
    {
        const string key = "schema";
        if (root.Text(key) is not { } uri)
            return default;
        var bytes = Encoding.UTF8.GetBytes(uri);
        if (!IgluUri.TryGetName(bytes, out _))
        {
            root.Fail(key, $"is '{uri}'", "Write an Iglu URI: iglu:VENDOR/NAME/jsonschema/1-0-0");
            return default;
        }
        var found = schemas.Find(bytes);
        if (found.Status == SchemaLookupStatus.Invalid)
            root.Fail(key, $"is {uri}, which is broken: {found.Message?.TrimEnd('.')}", "Mend that schema");
        else if (found.Status == SchemaLookupStatus.Unknown && policy == UnknownSchema.Quarantine)
        {
            root.Fail(key, $"is {uri}, which is not there: every event would be quarantined",
                $"Add the file schemas/{uri["iglu:".Length..]}, or set unknownSchema to \"accept\"");
        }
        return bytes;
    }

    private static FieldNames Fields(ConfigurationSection? section)
    {
        if (section is null)
            return FieldNames.Default;
        var names = FieldKeys.Select(key => section.Text(key) ?? key).ToList();
        section.Finish();
        foreach (var twice in names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            var key = FieldKeys[names.LastIndexOf(twice.Key)];
            section.Fail(key, $"is '{twice.Key}', as another field is", "Give each field a name of its own");
        }
        return new FieldNames(names);
    }

    private static SnowplowClaims? Snowplow(ConfigurationSection? section)
    {
        if (section is null)
            return null;
        var claims = new SnowplowClaims(
            section.Texts("appIds", id => Encoding.UTF8.GetByteCount(id) is > 0 and <= SourceSet.AppIdLengthMax, "app ids"),
            section.Texts("paths", IsTrackerPath, "two segments such as \"/com.acme/track\", the first none of v1, r and admin"),
            section.Flag("default") ?? false);
        section.Finish();
        return claims;
    }

    /// <summary>Keys stand in headers, and as the user name of Basic, where a colon would end them.</summary>
    private static bool IsWriteKey(string key) =>
        key.Length is >= 8 and <= 128 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    /// <summary>Paths of two segments, as trackers can be told them, that mean nothing else here.</summary>
    private static bool IsTrackerPath(string path)
    {
        var segments = path.Split('/');
        return segments is ["", not ("v1" or "r" or "admin"), _]
            && path != SnowplowProtocol.DefaultPath
            && segments.Skip(1).All(s => s is not ("" or "." or "..") && s.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'));
    }
}
