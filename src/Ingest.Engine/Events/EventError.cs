namespace Ingest.Engine;

/// <summary>One reason why an event goes to the quarantine.</summary>
/// <param name="Where">
/// JSON Pointer into the event as sent; empty for the event as a whole. For a document inside a string
/// (a Snowplow context) the pointer goes on inside that document: <c>/co/data/0/data/url</c>.
/// </param>
/// <param name="Rule">
/// Machine-readable name of the rule: a JSON Schema keyword location such as
/// <c>iglu:com.acme/signup/jsonschema/1-0-0#/properties/age/minimum</c>, or one of <see cref="EventRules"/>.
/// </param>
/// <param name="Found">What was found and what was expected, for a person; at most a few hundred characters.</param>
public sealed record EventError(string Where, string Rule, string Found);

/// <summary>Names of the rules that are not JSON Schema keywords.</summary>
public static class EventRules
{
    /// <summary>The bytes are not JSON.</summary>
    public const string NotJson = "not_json";

    /// <summary>The bytes are not UTF-8.</summary>
    public const string NotUtf8 = "not_utf8";

    /// <summary>The JSON value is not an object.</summary>
    public const string NotAnObject = "not_an_object";

    /// <summary>A field that the engine reads has the wrong type or form (event_id, timestamps, name, schema).</summary>
    public const string BadField = "bad_field";

    /// <summary>The event breaks the rules of its protocol (a missing required parameter, an unknown envelope).</summary>
    public const string Protocol = "protocol";

    /// <summary>The schema named by the event is not in the schema folder, and the source's policy is to quarantine.</summary>
    public const string UnknownSchema = "unknown_schema";

    /// <summary>The schema exists but is itself invalid or refers to something it may not.</summary>
    public const string BadSchema = "bad_schema";

    /// <summary>The event is larger than the source allows.</summary>
    public const string TooLarge = "too_large";

    /// <summary>Validation itself failed; the event is kept rather than judged.</summary>
    public const string ValidatorFailed = "validator_failed";

    /// <summary>
    /// Where quarantined events are counted by reason: stands for every rule that is a location in a schema, of which
    /// there is no end.
    /// </summary>
    public const string Invalid = "invalid";

    /// <summary>
    /// Where quarantined events are counted by reason: those whose object was gone from the lake by then, so that nobody can
    /// read their reasons any more.
    /// </summary>
    public const string Unreadable = "unreadable";

    /// <summary>All names but <see cref="Invalid"/> and <see cref="Unreadable"/>, which no error has.</summary>
    public static IReadOnlyList<string> All { get; } =
        [NotJson, NotUtf8, NotAnObject, BadField, Protocol, UnknownSchema, BadSchema, TooLarge, ValidatorFailed];
}
