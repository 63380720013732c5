using System.Globalization;
using System.Net;
using System.Xml;
using Amazon.Runtime;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>What a fault of S3, or on the way to it, means for a put.</summary>
public static class S3Faults
{
    /// <summary>
    /// True for the exceptions that mean a fault of the lake or the network. A cancelled call is one: callers who
    /// cancelled themselves look at their token first.
    /// </summary>
    public static bool IsFault(Exception exception) =>
        exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException
            or OperationCanceledException or TimeoutException or XmlException;

    /// <summary>The outcome of a put that ended with this exception, and for people what to do about it.</summary>
    public static PutResult ToResult(Exception exception) => exception switch
    {
        AmazonServiceException answer => OfAnswer(answer.StatusCode, answer.ErrorCode, answer.Message),
        // The SDK itself failed before it sent anything: it found no credentials.
        AmazonClientException => new PutResult(PutOutcome.Denied, FirstLine(exception.Message)),
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
            new PutResult(PutOutcome.Unreachable, $"The endpoint's name cannot be resolved: {exception.Message}"),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            new PutResult(PutOutcome.Unreachable, $"No secure connection (TLS): {Innermost(exception).Message}"),
        HttpRequestException => new PutResult(PutOutcome.Unreachable, $"No connection: {exception.Message}"),
        TimeoutException or OperationCanceledException =>
            new PutResult(PutOutcome.Unreachable, "No answer within the time-out; what was sent may have been stored."),
        XmlException => new PutResult(PutOutcome.Unreachable, $"The answer is not one of S3: {exception.Message}"),
        _ => new PutResult(PutOutcome.Unreachable, $"The connection broke: {exception.Message}"),
    };

    /// <summary>The outcome of a put that was answered with this status and error code.</summary>
    /// <param name="status">The status. Some operations answer 200 and name the error in the body.</param>
    /// <param name="code">The error code of the body; the status' name where there was no body.</param>
    /// <param name="message">The server's own words.</param>
    public static PutResult OfAnswer(HttpStatusCode status, string? code, string? message)
    {
        var outcome = OutcomeOf(code) ?? OutcomeOf(status);
        var said = string.Create(CultureInfo.InvariantCulture, $"{(int)status} {code}");
        var detail = string.IsNullOrWhiteSpace(message) ? said : $"{said}: {FirstLine(message)}";
        return new PutResult(outcome, Advice(status, code) is { } advice ? $"{detail} ({advice})" : detail);
    }

    // The code says more than the status: RequestTimeout comes with 400, NoSuchUpload with 404, errors of a completed
    // upload with 200.
    private static PutOutcome? OutcomeOf(string? code) => code switch
    {
        "AccessDenied" or "AccountProblem" or "AllAccessDisabled" or "ExpiredToken" or "InvalidAccessKeyId"
            or "InvalidToken" or "InvalidSecurity" or "NotSignedUp" or "RequestTimeTooSkewed"
            or "SignatureDoesNotMatch" or "TokenRefreshRequired" => PutOutcome.Denied,
        "NoSuchBucket" => PutOutcome.Missing,
        "SlowDown" or "ServiceUnavailable" or "Throttling" or "ThrottlingException" or "RequestLimitExceeded"
            or "TooManyRequests" or "BandwidthLimitExceeded" => PutOutcome.Throttled,
        // Broken on the way, undone by somebody else, or a race: the same put again can succeed.
        "BadDigest" or "ConditionalRequestConflict" or "IncompleteBody" or "InternalError" or "NoSuchUpload"
            or "OperationAborted" or "RequestTimeout" => PutOutcome.Unreachable,
        _ => null,
    };

    private static PutOutcome OutcomeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => PutOutcome.Denied,
        HttpStatusCode.NotFound => PutOutcome.Missing,
        HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict => PutOutcome.Unreachable,
        HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => PutOutcome.Throttled,
        HttpStatusCode.NotImplemented => PutOutcome.Rejected,
        >= HttpStatusCode.InternalServerError => PutOutcome.Unreachable,
        _ => PutOutcome.Rejected,
    };

    private static string? Advice(HttpStatusCode status, string? code) => code switch
    {
        "RequestTimeTooSkewed" => "this machine's clock is wrong",
        "XAmzContentSHA256Mismatch" =>
            "a server that does not take the request checksums answers so: set --s3-checksums when-required",
        "AuthorizationHeaderMalformed" or "PermanentRedirect" or "TemporaryRedirect" or "IllegalLocationConstraintException" =>
            "the bucket is in another region: set --s3-region or --s3-endpoint",
        _ => status switch
        {
            HttpStatusCode.NotImplemented =>
                "the server lacks something that the request asks for: set --s3-checksums when-required, or --s3-conditional-put off",
            HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect =>
                "the bucket is in another region: set --s3-region or --s3-endpoint",
            _ => null,
        },
    };

    private static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd();

    private static Exception Innermost(Exception exception) =>
        exception.InnerException is { } inner ? Innermost(inner) : exception;
}
