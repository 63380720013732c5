using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace Ingest.Storage;

/// <summary>Makes the SDK's client as a lake needs it.</summary>
internal static class S3Clients
{
    /// <exception cref="AmazonClientException">No region is set anywhere.</exception>
    public static AmazonS3Client Create(S3LakeOptions options, AWSCredentials? credentials)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.PathStyle,
            // The shipper retries, with its own pauses, breaker and record of what happened.
            MaxErrorRetry = 0,
            Timeout = options.RequestTimeout,
            ConnectTimeout = options.ConnectTimeout,
            RequestChecksumCalculation = options.RequestChecksums == S3RequestChecksums.WhenRequired
                ? RequestChecksumCalculation.WHEN_REQUIRED
                : RequestChecksumCalculation.WHEN_SUPPORTED,
            // Readers compare with our own SHA-256, which holds for the whole object; the SDK's is one a part.
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.AbsoluteUri;
            config.AuthenticationRegion = options.Region ?? "us-east-1";
        }
        else if (options.Region is { } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }
        return credentials is null ? new AmazonS3Client(config) : new AmazonS3Client(credentials, config);
    }
}
