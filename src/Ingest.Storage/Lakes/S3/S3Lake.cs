using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// A lake in an S3 bucket. Every object carries its SHA-256 as metadata (<c>x-amz-meta-sha256</c>), by which a retry
/// recognises what an earlier try stored. See <see cref="S3LakeOptions"/> for what the bucket needs.
/// </summary>
/// <remarks>
/// One put holds at most one part in memory. Bodies are sent as they are, with their hash in the signature: chunked
/// signing and trailing checksums, which many servers refuse, are not used. The lake tries nothing twice.
/// </remarks>
public sealed class S3Lake : ILake, IDisposable
{
    internal const string Sha256Metadata = "sha256";
    private const int ListPageMax = 1000;

    private readonly S3LakeOptions _options;
    private readonly string _prefix;
    private readonly AmazonS3Client _client;

    /// <param name="options">Where and how; without violations.</param>
    /// <param name="credentials">Null for those of the environment.</param>
    /// <exception cref="ArgumentException">The options have violations, or no region is set anywhere.</exception>
    public S3Lake(S3LakeOptions options, AWSCredentials? credentials = null)
    {
        if (options.Violations() is { Count: > 0 } violations)
            throw new ArgumentException(string.Join(' ', violations), nameof(options));
        _options = options;
        _prefix = options.Prefix.Length == 0 ? "" : $"{options.Prefix}/";
        try
        {
            _client = S3Clients.Create(options, credentials);
        }
        catch (AmazonClientException e)
        {
            throw new ArgumentException(
                $"The S3 client cannot be made: {e.Message}. Set --s3-region or AWS_REGION.", nameof(options), e);
        }
        var server = _client.Config.ServiceURL ?? _client.Config.RegionEndpoint?.SystemName;
        Description = $"s3://{options.Bucket}/{options.Prefix} at {server}";
    }

    public string Description { get; }

    public async ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation)
    {
        LakeKey.ThrowIfInvalid(lakeObject.Key);
        var content = new VerifiedContent(lakeObject);
        var inParts = lakeObject.Length > _options.PartBytes;
        try
        {
            if ((inParts || !_options.ConditionalPut) && await CompareAsync(lakeObject, cancellation) is { } there)
                return there;
            return inParts
                ? await PutInPartsAsync(lakeObject, content, cancellation)
                : await PutAtOnceAsync(lakeObject, content, cancellation);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.PreconditionFailed)
        {
            return await FindTakenAsync(lakeObject, cancellation);
        }
        catch (Exception e) when (IsFault(e, cancellation) && e != content.Failure)
        {
            return S3Faults.ToResult(e);
        }
    }

    public async ValueTask<LakeEntry?> FindAsync(string key, CancellationToken cancellation)
    {
        LakeKey.ThrowIfInvalid(key);
        try
        {
            if (await HeadAsync(key, cancellation) is { } entry)
                return entry;
            // An answer to HEAD has no body: whether the key or the bucket is missing, only the bucket can tell.
            await _client.HeadBucketAsync(new HeadBucketRequest { BucketName = _options.Bucket }, cancellation);
            return null;
        }
        catch (Exception e) when (IsFault(e, cancellation))
        {
            throw Unavailable(e);
        }
    }

    public async IAsyncEnumerable<LakeEntry> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        LakeKey.ThrowIfInvalidPrefix(prefix);
        var request = new ListObjectsV2Request
        {
            BucketName = _options.Bucket,
            Prefix = _prefix + prefix,
            MaxKeys = ListPageMax,
        };
        do
        {
            var page = await ListPageAsync(request, cancellation);
            foreach (var item in page.S3Objects ?? [])
            {
                var key = item.Key[_prefix.Length..];
                // What breaks the rule for keys is none of ours.
                if (LakeKey.IsValid(key))
                    yield return new LakeEntry(key, item.Size ?? 0, Sha256: null);
            }
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (request.ContinuationToken is not null);
    }

    public async IAsyncEnumerable<string> ListFoldersAsync(
        string folder, [EnumeratorCancellation] CancellationToken cancellation)
    {
        LakeKey.ThrowIfInvalidPrefix(folder);
        var request = new ListObjectsV2Request
        {
            BucketName = _options.Bucket,
            Prefix = _prefix + folder,
            Delimiter = "/",
            MaxKeys = ListPageMax,
        };
        do
        {
            var page = await ListPageAsync(request, cancellation);
            foreach (var found in page.CommonPrefixes ?? [])
            {
                var name = found[request.Prefix.Length..^1];
                if (LakeKey.IsValid(name))
                    yield return name;
            }
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (request.ContinuationToken is not null);
    }

    public async ValueTask<Stream?> OpenReadAsync(string key, CancellationToken cancellation)
    {
        LakeKey.ThrowIfInvalid(key);
        try
        {
            return (await _client.GetObjectAsync(_options.Bucket, _prefix + key, cancellation)).ResponseStream;
        }
        catch (NoSuchKeyException)
        {
            return null;
        }
        catch (Exception e) when (IsFault(e, cancellation))
        {
            throw Unavailable(e);
        }
    }

    /// <summary>Needs <c>s3:DeleteObject</c>, which only a receiver is to have, and only below <c>relay/</c>.</summary>
    public async ValueTask DeleteAsync(string key, CancellationToken cancellation)
    {
        LakeKey.ThrowIfInvalid(key);
        try
        {
            await _client.DeleteObjectAsync(_options.Bucket, _prefix + key, cancellation);
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchKey")
        {
            // Some servers say so; it is gone.
        }
        catch (Exception e) when (IsFault(e, cancellation))
        {
            throw Unavailable(e);
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Manifests are JSON, everything else is compressed.</summary>
    internal static string ContentTypeOf(string key) =>
        key.EndsWith(".json", StringComparison.Ordinal) ? "application/json" : "application/gzip";

    private async ValueTask<PutResult> PutAtOnceAsync(
        LakeObject lakeObject, VerifiedContent content, CancellationToken cancellation)
    {
        var length = (int)lakeObject.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        var filled = 0;
        await foreach (var chunk in content.ReadAsync(cancellation))
        {
            chunk.CopyTo(buffer.AsMemory(filled));
            filled += chunk.Length;
        }

        var response = await _client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = _options.Bucket,
                Key = _prefix + lakeObject.Key,
                InputStream = new MemoryStream(buffer, 0, length, writable: false),
                ContentType = ContentTypeOf(lakeObject.Key),
                UseChunkEncoding = false,
                IfNoneMatch = _options.ConditionalPut ? "*" : null,
                Metadata = { [Sha256Metadata] = lakeObject.Sha256 },
            },
            cancellation);
        // Only now: after a failure, the HTTP stack may still be reading it.
        ArrayPool<byte>.Shared.Return(buffer);
        return string.IsNullOrEmpty(response.ETag)
            ? new PutResult(PutOutcome.Rejected, "200 without an ETag: what answers at the endpoint is no S3 server")
            : new PutResult(PutOutcome.Stored);
    }

    private async ValueTask<PutResult> PutInPartsAsync(
        LakeObject lakeObject, VerifiedContent content, CancellationToken cancellation)
    {
        await new S3MultipartUpload(_client, _options, _prefix + lakeObject.Key)
            .RunAsync(lakeObject.Sha256, content, cancellation);
        // Servers report errors of this operation in many ways, also as 200. What is there now decides.
        return await CompareAsync(lakeObject, cancellation) switch
        {
            { IsConfirmed: true } => new PutResult(PutOutcome.Stored),
            { } conflict => conflict,
            null => new PutResult(PutOutcome.Unreachable, "The upload was completed, but the object is not there."),
        };
    }

    /// <summary>How the put ends whose condition did not hold: an object was there.</summary>
    private async ValueTask<PutResult> FindTakenAsync(LakeObject lakeObject, CancellationToken cancellation)
    {
        try
        {
            return await CompareAsync(lakeObject, cancellation)
                ?? new PutResult(PutOutcome.Unreachable, "412, but no object is there: something else removes objects.");
        }
        catch (Exception e) when (IsFault(e, cancellation))
        {
            return S3Faults.ToResult(e);
        }
    }

    /// <summary>What is there compared with ours; null where nothing is.</summary>
    private async ValueTask<PutResult?> CompareAsync(LakeObject lakeObject, CancellationToken cancellation)
    {
        if (await HeadAsync(lakeObject.Key, cancellation) is not { } there)
            return null;
        // Copied without its metadata, as some restores do: its bytes decide.
        if (there.Sha256 is null && there.Length == lakeObject.Length)
        {
            using var response = await _client.GetObjectAsync(_options.Bucket, _prefix + lakeObject.Key, cancellation);
            there = there with { Sha256 = await LakeContent.Sha256Async(response.ResponseStream, cancellation) };
        }
        return LakeContent.Compare(lakeObject, there);
    }

    private async ValueTask<LakeEntry?> HeadAsync(string key, CancellationToken cancellation)
    {
        try
        {
            var head = await _client.GetObjectMetadataAsync(_options.Bucket, _prefix + key, cancellation);
            return new LakeEntry(key, head.ContentLength, head.Metadata[Sha256Metadata]);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private async ValueTask<ListObjectsV2Response> ListPageAsync(
        ListObjectsV2Request request, CancellationToken cancellation)
    {
        try
        {
            return await _client.ListObjectsV2Async(request, cancellation);
        }
        catch (Exception e) when (IsFault(e, cancellation))
        {
            throw Unavailable(e);
        }
    }

    private LakeUnavailableException Unavailable(Exception fault)
    {
        var (outcome, detail) = S3Faults.ToResult(fault);
        return new LakeUnavailableException($"{Description}: {outcome}: {detail}", fault);
    }

    private static bool IsFault(Exception exception, CancellationToken cancellation) =>
        !cancellation.IsCancellationRequested && S3Faults.IsFault(exception);
}
