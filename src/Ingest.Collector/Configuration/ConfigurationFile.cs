using System.Text.Json;
using System.Text.Unicode;

namespace Ingest.Collector;

/// <summary>Opens configuration files: JSON, in which comments and trailing commas are welcome.</summary>
internal static class ConfigurationFile
{
    /// <summary>Largest file that is read, in bytes.</summary>
    private const int BytesMax = 1 << 20;

    private static readonly JsonDocumentOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>Reads a file; null where it cannot be, with the reason among the errors.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="errors">Receives what is wrong.</param>
    public static JsonDocument? Read(string path, string name, List<ConfigurationError> errors)
    {
        try
        {
            if (new FileInfo(path).Length > BytesMax)
            {
                errors.Add(new(name, "", $"has more than {BytesMax} bytes", "Make it smaller"));
                return null;
            }
            var bytes = File.ReadAllBytes(path);
            if (!Utf8.IsValid(bytes))
            {
                errors.Add(new(name, "", "is not UTF-8", "Save it as UTF-8"));
                return null;
            }
            var document = JsonDocument.Parse(bytes, Options);
            ReadTexts(document.RootElement);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            document.Dispose();
            errors.Add(new(name, "", "is not a JSON object", "Write its keys between { and }"));
        }
        catch (JsonException e)
        {
            errors.Add(new(name, "", $"is not JSON: {e.Message.TrimEnd('.')}", "Mend it at that place; lines count from 0"));
        }
        catch (InvalidOperationException)
        {
            errors.Add(new(name, "", "has an escape such as \\ud83d that is half a surrogate pair", "Write the character itself"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new(name, "", $"cannot be read: {e.Message.TrimEnd('.')}", "Let this user read it"));
        }
        return null;
    }

    /// <summary>Reads every text once: the parser takes half a surrogate pair, and throws only where it is read.</summary>
    /// <exception cref="InvalidOperationException">A text or a name is none.</exception>
    private static void ReadTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    ReadTexts(member.Value);
                }
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    ReadTexts(item);
                break;
            case JsonValueKind.String:
                element.GetString();
                break;
        }
    }
}
