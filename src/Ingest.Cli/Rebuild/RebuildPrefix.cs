using Ingest.Storage;

namespace Ingest.Cli;

/// <summary>Where a rebuild writes: the folders of a lake once more, below a prefix.</summary>
/// <param name="Prefix">Segments of a key, without a slash at the end.</param>
internal sealed record RebuildPrefix(string Prefix)
{
    private static readonly string[] Reserved = ["good", "quarantine", "replays", "manifests"];

    /// <summary>The rules of this rebuild.</summary>
    public string RulesKey => $"{Prefix}/rebuilt/rules.json";

    /// <summary>Reads the value of <c>--into</c>; null where it is none.</summary>
    public static RebuildPrefix? Parse(string text, ICollection<string> mistakes)
    {
        var prefix = text.TrimEnd('/');
        if (!LakeKey.IsValid(prefix))
            mistakes.Add($"--into {text}: write a prefix such as rebuilt-2026-11: letters, digits and _ - . = between slashes.");
        else if (Reserved.Contains(prefix.Split('/')[0], StringComparer.Ordinal))
            mistakes.Add($"--into {text}: {prefix.Split('/')[0]} is where the lake itself keeps things; write another prefix.");
        else
            return new RebuildPrefix(prefix);
        return null;
    }

    /// <summary>The key of an object of events below the prefix.</summary>
    public string Of(string folder, ObjectKey key) => $"{Prefix}/{folder}/{key.Stem}{ObjectKey.Extension}";

    /// <summary>The key of an object's record.</summary>
    public string RecordOf(ObjectKey key) => $"{Prefix}/rebuilt/{key.Stem}.json";
}
