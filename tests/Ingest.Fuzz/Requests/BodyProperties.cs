using System.Text.Json;
using System.Text.Unicode;
using Ingest.Collector;
using Ingest.Engine;
using Microsoft.AspNetCore.Http;

namespace Ingest.Fuzz;

/// <summary>Of a request that was answered with success, not one byte is lost, and what can be read is read.</summary>
internal static class BodyProperties
{
    /// <summary>Not one byte of what was answered with success is lost.</summary>
    public const string NothingLost = "not one byte is lost";

    /// <summary>What is valid is read as what it is.</summary>
    public const string ReadAsItIs = "what is valid is read as it is";

    private const string Sound = "an event is what it says";

    public static void Check(RequestInput request, in ReferenceBody body, IReadOnlyList<Offered> events, CollectorLimits limits)
    {
        PropertyException.Require(request.Body.Length <= limits.BodyBytesMax, "limits hold", $"a body of {request.Body.Length} bytes is taken");
        PropertyException.Require(events.Count <= limits.EventsMax + 1, "limits hold", $"{events.Count} events are taken");
        PropertyException.Require(request.End == BodyEnd.Whole, NothingLost, "a body that did not arrive whole is acknowledged");
        foreach (var offered in events)
            CheckSound(offered);
        if (request.Path.StartsWith(PlainJsonProtocol.PathPrefix, StringComparison.Ordinal))
            PlainJsonProperties.Check(request, body, events);
        else if (HttpMethods.IsPost(request.Method))
            TrackerProperties.CheckPost(request, body, events, limits);
        else
            TrackerProperties.CheckGet(request, body, events);
    }

    private static void CheckSound(Offered offered)
    {
        var isUtf8 = Utf8.IsValid(offered.Payload);
        PropertyException.Require(offered.Id.Length > 0, Sound, "it has no id");
        if (offered.Kind != PayloadKind.Json)
        {
            PropertyException.Require(offered.Errors.Count > 0, Sound, $"{offered.Kind} without an error");
            PropertyException.Require(isUtf8 == (offered.Kind == PayloadKind.Text), Sound, $"{offered.Kind}, but its bytes are {(isUtf8 ? "" : "not ")}UTF-8");
            return;
        }
        try
        {
            using var document = JsonDocument.Parse(offered.Payload);
            PropertyException.Require(isUtf8, Sound, "JSON that is not UTF-8");
            PropertyException.Require(
                document.RootElement.ValueKind == JsonValueKind.Object || offered.Errors.Count > 0, Sound, "valid, but no object");
        }
        catch (JsonException e)
        {
            throw new PropertyException(Sound, $"not JSON: {e.Message}");
        }
    }
}
