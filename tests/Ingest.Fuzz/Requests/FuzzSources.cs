using System.Text;
using Ingest.Collector;
using Ingest.Schemas;

namespace Ingest.Fuzz;

/// <summary>The collector's settings and sources. Limits are low, so that inputs reach them.</summary>
internal static class FuzzSources
{
    public const string Key = "fuzz-write-key";

    public const string ShopPath = "/com.shop/track";

    private static readonly SchemaFolder Folder = new(AppContext.BaseDirectory);

    public static CollectorSettings Settings { get; } = new()
    {
        Node = "fuzz",
        Limits = new CollectorLimits
        {
            BodyBytesMax = 32 << 10,
            DecompressedBytesMax = 128 << 10,
            DrainBytesMax = 64 << 10,
            EventsMax = 300,
            BytesInFlightMax = 4 << 20,
        },
        Cookie = new CookieSettings { Domains = ["shop.example"] },
    };

    /// <summary>Sources with and without schemas, with names of their own for fields, and with a schema for all events.</summary>
    public static SourceSet All { get; } = new(
        [
            new Source
            {
                Name = "shop",
                Validator = new SourceValidator(Folder, UnknownSchema.Quarantine),
                WriteKeys = new WriteKeys([Key]),
                EventBytesMax = 4 << 10,
                Snowplow = new SnowplowClaims(["shop-web"], [ShopPath], IsDefault: false),
            },
            new Source
            {
                Name = "blog",
                Validator = new SourceValidator(Folder, UnknownSchema.Accept),
                WriteKeys = new WriteKeys([Key]),
                Fields = new FieldNames(["id", "type", "at", "sent", "$schema", "body"]),
                Snowplow = new SnowplowClaims(["blog"], [], IsDefault: false),
            },
            new Source
            {
                Name = "fixed",
                Validator = new SourceValidator(Folder, UnknownSchema.Quarantine),
                WriteKeys = new WriteKeys([Key]),
                FixedSchema = Encoding.UTF8.GetBytes("iglu:com.acme/signup/jsonschema/1-0-0"),
            },
        ],
        new SourceValidator(Folder, UnknownSchema.Accept));
}
