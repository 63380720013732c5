using System.Globalization;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>Where a lake is, as given on a command line: a folder, or <c>s3://BUCKET/PREFIX</c> with options.</summary>
public abstract record LakeLocation
{
    private const string S3Scheme = "s3://";

    private LakeLocation()
    {
    }

    /// <summary>Reads a location and its options.</summary>
    /// <param name="text"><c>DIR</c> or <c>s3://BUCKET</c> or <c>s3://BUCKET/PREFIX</c>.</param>
    /// <param name="valueOf">The value given for an option of <see cref="LakeOption.All"/>; null where none was.</param>
    /// <param name="errors">Gets one sentence for everything that is wrong.</param>
    /// <returns>Null where anything is wrong.</returns>
    public static LakeLocation? Parse(string text, Func<LakeOption, string?> valueOf, ICollection<string> errors)
    {
        if (text.StartsWith(S3Scheme, StringComparison.OrdinalIgnoreCase))
            return ParseS3(text, valueOf, errors);

        var before = errors.Count;
        if (string.IsNullOrWhiteSpace(text))
            errors.Add("The lake is empty: a folder, or s3://BUCKET/PREFIX.");
        else if (text.Contains("://", StringComparison.Ordinal))
            errors.Add($"'{text}' is no lake: a folder, or s3://BUCKET/PREFIX.");
        foreach (var option in LakeOption.All)
            if (valueOf(option) is not null)
                errors.Add($"--{option.Name} is for a lake in S3; '{text}' is a folder.");
        return errors.Count == before ? new InFolder(text) : null;
    }

    /// <summary>Opens the lake: makes the folder, or the client. Does not ask S3 anything yet.</summary>
    /// <exception cref="LakeUnavailableException">It cannot be opened; the message says why and what to do.</exception>
    public abstract ValueTask<ILake> OpenAsync(CancellationToken cancellation);

    private static InS3? ParseS3(string text, Func<LakeOption, string?> valueOf, ICollection<string> errors)
    {
        var path = text[S3Scheme.Length..].TrimEnd('/').Split('/', 2);
        var before = errors.Count;
        var reader = new LakeOptionReader(valueOf, errors);
        var endpoint = reader.Read(LakeOption.Endpoint, null, ParseEndpoint);
        var options = new S3LakeOptions
        {
            Bucket = path[0],
            Prefix = path.Length > 1 ? path[1] : "",
            Endpoint = endpoint,
            Region = valueOf(LakeOption.Region),
            PathStyle = reader.Read(LakeOption.PathStyle, endpoint is not null, ParseSwitch),
            RequestChecksums = reader.Read(LakeOption.Checksums, S3RequestChecksums.WhenSupported, ParseChecksums),
            ConditionalPut = reader.Read(LakeOption.ConditionalPut, true, ParseSwitch),
            PartBytes = reader.Read(LakeOption.PartSize, 16, ParseMebibytes) << 20,
        };
        foreach (var violation in options.Violations())
            errors.Add(violation);
        return errors.Count == before ? new InS3(options) : null;
    }

    private static (bool, Uri?) ParseEndpoint(string value) =>
        (Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https", uri);

    private static (bool, bool) ParseSwitch(string value) => (value is "on" or "off", value is "on");

    private static (bool, S3RequestChecksums) ParseChecksums(string value) => value switch
    {
        "when-supported" => (true, S3RequestChecksums.WhenSupported),
        "when-required" => (true, S3RequestChecksums.WhenRequired),
        _ => (false, default),
    };

    private static (bool, int) ParseMebibytes(string value) =>
        (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            && size is >= S3LakeOptions.PartBytesMin >> 20 and <= S3LakeOptions.PartBytesMax >> 20, size);

    /// <summary>In a folder.</summary>
    public sealed record InFolder(string Path) : LakeLocation
    {
        public override async ValueTask<ILake> OpenAsync(CancellationToken cancellation)
        {
            var lake = new FolderLake(Path);
            await lake.EnsureAsync(cancellation);
            return lake;
        }
    }

    /// <summary>In S3. The lake is disposable.</summary>
    public sealed record InS3(S3LakeOptions Options) : LakeLocation
    {
        public override ValueTask<ILake> OpenAsync(CancellationToken cancellation)
        {
            try
            {
                return ValueTask.FromResult<ILake>(new S3Lake(Options));
            }
            catch (ArgumentException e)
            {
                throw new LakeUnavailableException(e.Message, e);
            }
        }
    }
}
