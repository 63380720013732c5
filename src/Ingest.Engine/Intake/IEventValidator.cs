namespace Ingest.Engine;

/// <summary>Judges the documents of an event against the schemas of its source. Called by many threads at once.</summary>
public interface IEventValidator
{
    /// <summary>Validates one document.</summary>
    /// <param name="batch">The batch that holds the bytes.</param>
    /// <param name="check">Which document, against which schema.</param>
    /// <param name="errors">Receives every error; created by the callee at the first one.</param>
    void Validate(EventBatch batch, in SchemaCheck check, ref List<EventError>? errors);
}
