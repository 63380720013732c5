using System.Text;
using Ingest.Engine;
using Ingest.Schemas;

namespace Ingest.Collector;

/// <summary>What becomes of an event whose schema is not in the schema folder.</summary>
public enum UnknownSchema
{
    /// <summary>It goes to the quarantine, from where it can be replayed once the schema is there.</summary>
    Quarantine,

    /// <summary>It is taken as valid.</summary>
    Accept,
}

/// <summary>Judges the documents of a source's events against the schema folder.</summary>
public sealed class SourceValidator(SchemaFolder folder, UnknownSchema unknownSchema) : IEventValidator
{
    /// <summary>Errors kept of one event. The first ones tell what is wrong; a hostile document could have millions.</summary>
    public const int ErrorsMax = 50;

    /// <summary>Characters of a place or a rule: names in the document can be as long as the event.</summary>
    public const int PlaceLengthMax = 1000;

    private const int FoundLengthMax = 300;

    public void Validate(EventBatch batch, in SchemaCheck check, ref List<EventError>? errors)
    {
        // Bounds the work too, where one event has thousands of documents.
        if (errors is { Count: >= ErrorsMax })
            return;
        var found = folder.Find(batch[check.Schema]);
        switch (found.Status)
        {
            case SchemaLookupStatus.Found:
                Validate(found.Schema!, batch, check, ref errors);
                break;
            case SchemaLookupStatus.Invalid:
                Add(ref errors, check.Where, EventRules.BadSchema, $"{Uri(batch, check)}: {found.Message}");
                break;
            case SchemaLookupStatus.Unknown when unknownSchema == UnknownSchema.Quarantine:
                Add(ref errors, check.Where, EventRules.UnknownSchema,
                    $"{Uri(batch, check)}: {found.Message ?? "there is no such schema"}");
                break;
            case SchemaLookupStatus.Unknown:
                break;
            default:
                throw new InvalidOperationException($"{found.Status} is no known status.");
        }
    }

    private static void Validate(JsonSchema schema, EventBatch batch, in SchemaCheck check, ref List<EventError>? errors)
    {
        List<SchemaError>? broken = null;
        if (schema.Validate(batch[check.Instance], ref broken))
            return;
        foreach (var error in broken ?? [])
        {
            // No keyword is at fault where the document is beyond a limit.
            var rule = error.SchemaLocation.Length > 0 ? error.SchemaLocation : Uri(batch, check);
            Add(ref errors, check.Where + error.InstanceLocation, rule, error.Message);
        }
    }

    private static string Uri(EventBatch batch, in SchemaCheck check) => Encoding.UTF8.GetString(batch[check.Schema]);

    private static void Add(ref List<EventError>? errors, string where, string rule, string found)
    {
        errors ??= [];
        if (errors.Count < ErrorsMax)
            errors.Add(new EventError(Cut(where, PlaceLengthMax), Cut(rule, PlaceLengthMax), Cut(found, FoundLengthMax)));
    }

    private static string Cut(string text, int lengthMax) => text.Length > lengthMax ? text[..lengthMax] + "…" : text;
}
