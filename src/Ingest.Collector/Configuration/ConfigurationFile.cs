using System.Text.Json;

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
            var document = JsonDocument.Parse(File.ReadAllBytes(path), Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            document.Dispose();
            errors.Add(new(name, "", "is not a JSON object", "Write its keys between { and }"));
        }
        catch (JsonException e)
        {
            errors.Add(new(name, "", $"is not JSON: {e.Message.TrimEnd('.')}", "Mend it at that place; lines count from 0"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new(name, "", $"cannot be read: {e.Message.TrimEnd('.')}", "Let this user read it"));
        }
        return null;
    }
}
