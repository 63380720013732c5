using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Xml;
using Amazon.Runtime;
using Amazon.S3;
using Ingest.Engine;

namespace Ingest.Storage.Tests.Lakes.S3;

public sealed class S3FaultsTests
{
    public static TheoryData<Exception, PutOutcome, string> Exceptions => new()
    {
        { new TimeoutException("x"), PutOutcome.Unreachable, "time-out" },
        { new TaskCanceledException("x"), PutOutcome.Unreachable, "time-out" },
        { new IOException("reset by peer"), PutOutcome.Unreachable, "reset by peer" },
        { new XmlException("line 1"), PutOutcome.Unreachable, "not one of S3" },
        { new HttpRequestException(HttpRequestError.NameResolutionError, "no.where"), PutOutcome.Unreachable, "cannot be resolved: no.where" },
        { new HttpRequestException(HttpRequestError.ConnectionError, "refused", new SocketException(111)), PutOutcome.Unreachable, "refused" },
        { new HttpRequestException(HttpRequestError.SecureConnectionError, "see inner", new AuthenticationException("expired")), PutOutcome.Unreachable, "(TLS): expired" },
        { new AmazonClientException("No credentials.\nLooked here."), PutOutcome.Denied, "No credentials." },
        { new AmazonS3Exception("slow down", ErrorType.Receiver, "SlowDown", "1", HttpStatusCode.ServiceUnavailable), PutOutcome.Throttled, "503 SlowDown: slow down" },
    };

    [Theory]
    [InlineData(403, "AccessDenied", PutOutcome.Denied)]
    [InlineData(403, "InvalidAccessKeyId", PutOutcome.Denied)]
    [InlineData(403, "SignatureDoesNotMatch", PutOutcome.Denied)]
    [InlineData(403, "RequestTimeTooSkewed", PutOutcome.Denied)]
    [InlineData(400, "ExpiredToken", PutOutcome.Denied)]
    [InlineData(400, "InvalidToken", PutOutcome.Denied)]
    [InlineData(401, null, PutOutcome.Denied)]
    [InlineData(403, "Forbidden", PutOutcome.Denied)]
    [InlineData(404, "NoSuchBucket", PutOutcome.Missing)]
    [InlineData(404, "NotFound", PutOutcome.Missing)]
    [InlineData(404, "NoSuchUpload", PutOutcome.Unreachable)]
    [InlineData(503, "SlowDown", PutOutcome.Throttled)]
    [InlineData(503, "ServiceUnavailable", PutOutcome.Throttled)]
    [InlineData(200, "SlowDown", PutOutcome.Throttled)]
    [InlineData(429, null, PutOutcome.Throttled)]
    [InlineData(500, "InternalError", PutOutcome.Unreachable)]
    [InlineData(200, "InternalError", PutOutcome.Unreachable)]
    [InlineData(502, "BadGateway", PutOutcome.Unreachable)]
    [InlineData(504, null, PutOutcome.Unreachable)]
    [InlineData(507, null, PutOutcome.Unreachable)]
    [InlineData(408, null, PutOutcome.Unreachable)]
    [InlineData(400, "RequestTimeout", PutOutcome.Unreachable)]
    [InlineData(400, "BadDigest", PutOutcome.Unreachable)]
    [InlineData(409, "ConditionalRequestConflict", PutOutcome.Unreachable)]
    [InlineData(409, "OperationAborted", PutOutcome.Unreachable)]
    [InlineData(501, "NotImplemented", PutOutcome.Rejected)]
    [InlineData(400, "InvalidArgument", PutOutcome.Rejected)]
    [InlineData(400, "EntityTooLarge", PutOutcome.Rejected)]
    [InlineData(301, "PermanentRedirect", PutOutcome.Rejected)]
    [InlineData(405, null, PutOutcome.Rejected)]
    public void An_answer_has_its_outcome(int status, string? code, PutOutcome expected)
    {
        var result = S3Faults.OfAnswer((HttpStatusCode)status, code, "the server's words");

        Assert.Equal(expected, result.Outcome);
        Assert.StartsWith($"{status} {code}", result.Detail, StringComparison.Ordinal);
        Assert.Contains("the server's words", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "XAmzContentSHA256Mismatch", "--s3-checksums when-required")]
    [InlineData(501, "NotImplemented", "--s3-checksums when-required")]
    [InlineData(501, "NotImplemented", "--s3-conditional-put off")]
    [InlineData(301, "PermanentRedirect", "--s3-region")]
    [InlineData(400, "AuthorizationHeaderMalformed", "--s3-region")]
    [InlineData(403, "RequestTimeTooSkewed", "clock")]
    public void A_refusal_that_a_setting_can_mend_names_it(int status, string code, string advice) =>
        Assert.Contains(
            advice, S3Faults.OfAnswer((HttpStatusCode)status, code, message: null).Detail, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void An_exception_has_its_outcome(Exception exception, PutOutcome expected, string detail)
    {
        var result = S3Faults.ToResult(exception);

        Assert.True(S3Faults.IsFault(exception));
        Assert.Equal(expected, result.Outcome);
        Assert.Contains(detail, result.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', result.Detail!);
    }

    [Fact]
    public void A_mistake_of_this_program_is_no_fault_of_the_lake() =>
        Assert.False(S3Faults.IsFault(new InvalidOperationException()));
}
