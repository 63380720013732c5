using System.Globalization;
using System.Text;
using Ingest.Collector;
using Ingest.Engine;
using Microsoft.AspNetCore.Http;

namespace Ingest.Fuzz;

/// <summary>Every answer is one of the documented table, complete, and fit to be sent.</summary>
internal static class AnswerProperties
{
    private const string Table = "the answer is of the documented table";
    private const string Sendable = "headers of an answer can be sent";
    private const string Success = "success is answered as clients want it";

    public static void Check(RequestInput request, HttpContext context, byte[] body, Answer answer, in IntakeResult counts)
    {
        var response = context.Response;
        foreach (var (name, values) in response.Headers)
        {
            foreach (var value in values)
                PropertyException.Require(!value.AsSpan().ContainsAnyExceptInRange(' ', '~'), Sendable, $"{name}: {value}");
        }
        PropertyException.Require(response.Headers.ContainsKey("Access-Control-Allow-Origin"), Sendable, "CORS headers are missing");
        if (answer == Answer.Aborted)
            return;
        var row = Answers.Of(answer);
        var isHead = HttpMethods.IsHead(request.Method);
        PropertyException.Require(response.StatusCode == row.Status, Table, $"{answer} with status {response.StatusCode}");
        if (row.Body.Length > 0)
            PropertyException.Require(body.AsSpan().SequenceEqual(isHead ? [] : row.Body.Span), Table, $"{answer} with the body {Encoding.UTF8.GetString(body)}");
        PropertyException.Require(
            row.RetryAfter == int.TryParse(response.Headers.RetryAfter, NumberStyles.None, CultureInfo.InvariantCulture, out _),
            Table, $"{answer} with Retry-After '{response.Headers.RetryAfter}'");
        if (answer == Answer.Stored)
            CheckSuccess(request, body, isHead, counts);
    }

    private static void CheckSuccess(RequestInput request, byte[] body, bool isHead, in IntakeResult counts)
    {
        if (isHead)
            PropertyException.Require(body.Length == 0, Success, "an answer to HEAD has a body");
        else if (request.Path.StartsWith(PlainJsonProtocol.PathPrefix, StringComparison.Ordinal))
        {
            var expected = string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"accepted":{{counts.Accepted}},"quarantined":{{counts.Quarantined}},"duplicates":{{counts.Duplicates}},"durability":"journal"}""");
            PropertyException.Require(Encoding.UTF8.GetString(body) == expected, Success, $"{Encoding.UTF8.GetString(body)}, not {expected}");
        }
        else if (HttpMethods.IsPost(request.Method))
            PropertyException.Require(body.AsSpan().SequenceEqual("ok"u8), Success, "a POST of a tracker is not answered ok");
        else
            PropertyException.Require(body.AsSpan().StartsWith("GIF89a"u8), Success, "a GET of a tracker is not answered by a pixel");
    }
}
