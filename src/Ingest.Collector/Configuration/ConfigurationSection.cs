using System.Text.Json;

namespace Ingest.Collector;

/// <summary>
/// An object of a configuration file. Reading a key checks it and makes it known; <see cref="Finish()"/> then refuses keys
/// that nobody asked for. Mistakes are collected, so that all of them are named at once.
/// </summary>
internal sealed class ConfigurationSection(
    JsonElement element, string file, string path, List<ConfigurationError> errors)
{
    private readonly List<string> _known = [];

    /// <summary>True where the key is there.</summary>
    public bool Has(string key) => element.TryGetProperty(key, out _);

    /// <summary>Adds a mistake at a key of this section.</summary>
    public void Fail(string key, string problem, string mend) =>
        errors.Add(new ConfigurationError(file, path + key, problem, mend));

    public string? Text(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text)
            return text;
        Fail(key, "is not a text", "Write it in quotes, not empty");
        return null;
    }

    public bool? Flag(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        Fail(key, "is neither true nor false", "Write true or false, without quotes");
        return null;
    }

    public int? Number(string key, int min, int max)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max)
            return number;
        Fail(key, $"is not a whole number of {min} to {max}", "Write such a number, without quotes");
        return null;
    }

    public long? Bytes(string key, long min, long max)
    {
        if (Find(key) is not { } value)
            return null;
        var bytes = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetInt64(out var number) ? number : (long?)null,
            JsonValueKind.String => Quantities.Bytes(value.GetString()!),
            _ => null,
        };
        if (bytes >= min && bytes <= max)
            return bytes;
        Fail(key, $"is not a size of {min} to {max} bytes", "Write a number of bytes, or a text such as \"2MiB\"");
        return null;
    }

    public TimeSpan? Time(string key, TimeSpan min, TimeSpan max)
    {
        if (Find(key) is not { } value)
            return null;
        var time = value.ValueKind == JsonValueKind.String ? Quantities.Time(value.GetString()!) : null;
        if (time >= min && time <= max)
            return time;
        Fail(key, $"is not a time of {min} to {max}", "Write a text such as \"30s\", \"5m\" or \"365d\"");
        return null;
    }

    /// <summary>A list of texts, each of which must hold; empty where the key is absent.</summary>
    /// <param name="key">The key.</param>
    /// <param name="isValid">What must hold of each.</param>
    /// <param name="form">What they should look like, for the error.</param>
    public IReadOnlyList<string> Texts(string key, Func<string, bool> isValid, string form)
    {
        if (Find(key) is not { } value)
            return [];
        if (value.ValueKind != JsonValueKind.Array)
        {
            Fail(key, "is not a list", $"Write a list between [ and ] of texts: {form}");
            return [];
        }
        var texts = new List<string>();
        foreach (var item in value.EnumerateArray())
        {
            var at = $"{key}[{texts.Count}]";
            var text = item.ValueKind == JsonValueKind.String ? item.GetString()! : "";
            if (!isValid(text))
                Fail(at, "is not right", $"Write a text: {form}");
            else if (texts.Contains(text, StringComparer.Ordinal))
                Fail(at, "stands there twice", "Drop one of them");
            texts.Add(text);
        }
        return texts;
    }

    /// <summary>A list of whole numbers; empty where the key is absent.</summary>
    public IReadOnlyList<int> Numbers(string key, int min, int max)
    {
        if (Find(key) is not { } value)
            return [];
        var numbers = new List<int>();
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                if (item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var number) && number >= min && number <= max)
                    numbers.Add(number);
            }
            if (numbers.Count == value.GetArrayLength())
                return numbers;
        }
        Fail(key, $"is not a list of whole numbers of {min} to {max}", "Write them between [ and ]");
        return [];
    }

    /// <summary>The object at a key; null where it is absent.</summary>
    public ConfigurationSection? Section(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Object)
            return new ConfigurationSection(value, file, $"{path}{key}.", errors);
        Fail(key, "is not an object", "Write its keys between { and }");
        return null;
    }

    /// <summary>All members of a section whose keys are names, each an object; null for one that is none.</summary>
    public IReadOnlyList<(string Key, ConfigurationSection? Section)> Members() =>
        [.. element.EnumerateObject().Select(member => (member.Name, Section(member.Name)))];

    /// <summary>Refuses keys of a section whose keys are names, where they are none of these.</summary>
    public void Finish(IReadOnlyList<string> names)
    {
        _known.AddRange(names);
        Finish();
    }

    /// <summary>Refuses keys that were not asked for: a mistyped key would else be a setting that does nothing.</summary>
    public void Finish()
    {
        foreach (var property in element.EnumerateObject())
        {
            if (_known.Contains(property.Name, StringComparer.Ordinal))
                continue;
            var mend = NearestKey.Find(property.Name, _known) is { } nearest
                ? $"Did you mean {nearest}"
                : $"Drop it; known are {string.Join(", ", _known)}";
            Fail(property.Name, "is no known key", mend);
        }
    }

    private JsonElement? Find(string key)
    {
        _known.Add(key);
        return element.TryGetProperty(key, out var value) ? value : null;
    }
}
