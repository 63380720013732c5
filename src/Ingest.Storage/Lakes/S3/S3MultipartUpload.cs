using System.Buffers;
using Amazon.S3;
using Amazon.S3.Model;

namespace Ingest.Storage;

/// <summary>
/// One object put in parts, one after the other through one buffer. Nobody sees it before it is complete; an upload that
/// fails is aborted, so that its parts take no space.
/// </summary>
internal sealed class S3MultipartUpload(AmazonS3Client client, S3LakeOptions options, string fullKey)
{
    // An abort is a courtesy to the bucket's bill; it must not hold up a shutdown.
    private static readonly TimeSpan AbortTimeout = TimeSpan.FromSeconds(10);

    private readonly List<PartETag> _parts = [];

    public async ValueTask RunAsync(string sha256, VerifiedContent content, CancellationToken cancellation)
    {
        var upload = await client.InitiateMultipartUploadAsync(
            new InitiateMultipartUploadRequest
            {
                BucketName = options.Bucket,
                Key = fullKey,
                ContentType = S3Lake.ContentTypeOf(fullKey),
                Metadata = { [S3Lake.Sha256Metadata] = sha256 },
            },
            cancellation);
        try
        {
            await UploadPartsAsync(upload.UploadId, content, cancellation);
            await client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest
                {
                    BucketName = options.Bucket,
                    Key = fullKey,
                    UploadId = upload.UploadId,
                    PartETags = _parts,
                    IfNoneMatch = options.ConditionalPut ? "*" : null,
                },
                cancellation);
        }
        catch
        {
            await AbortAsync(upload.UploadId);
            throw;
        }
    }

    private async ValueTask UploadPartsAsync(string uploadId, VerifiedContent content, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(options.PartBytes);
        var part = buffer.AsMemory(0, options.PartBytes);
        var filled = 0;
        await foreach (var chunk in content.ReadAsync(cancellation))
        {
            for (var rest = chunk; !rest.IsEmpty;)
            {
                var copied = Math.Min(rest.Length, part.Length - filled);
                rest[..copied].CopyTo(part[filled..]);
                rest = rest[copied..];
                filled += copied;
                if (filled < part.Length)
                    continue;
                await UploadPartAsync(uploadId, buffer, filled, cancellation);
                filled = 0;
            }
        }
        if (filled > 0)
            await UploadPartAsync(uploadId, buffer, filled, cancellation);
        // Only now: after a failure, the HTTP stack may still be reading it.
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private async ValueTask UploadPartAsync(string uploadId, byte[] buffer, int length, CancellationToken cancellation)
    {
        var response = await client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = options.Bucket,
                Key = fullKey,
                UploadId = uploadId,
                PartNumber = _parts.Count + 1,
                InputStream = new MemoryStream(buffer, 0, length, writable: false),
                UseChunkEncoding = false,
            },
            cancellation);
        _parts.Add(new PartETag(response));
    }

    private async ValueTask AbortAsync(string uploadId)
    {
        using var timeout = new CancellationTokenSource(AbortTimeout);
        try
        {
            await client.AbortMultipartUploadAsync(options.Bucket, fullKey, uploadId, timeout.Token);
        }
        catch (Exception e) when (S3Faults.IsFault(e))
        {
            // The lake is away, or the upload was completed after all; the bucket's lifecycle rule removes what is left.
        }
    }
}
