using System.Text;
using Ingest.Engine;

namespace Ingest.Collector.Tests;

/// <summary>The sources that wire tests post to.</summary>
internal static class TestSources
{
    public const string Key = "shop-write-key";

    public static Source Shop { get; } = new()
    {
        Name = "shop",
        Validator = new NoValidator(),
        WriteKeys = new WriteKeys([Key, "second-write-key"]),
        EventBytesMax = 10_000,
        Snowplow = new SnowplowClaims(["shop-web", "shop-app"], ["/com.shop/track"], IsDefault: true),
    };

    public static Source Blog { get; } = new()
    {
        Name = "blog",
        Validator = new NoValidator(),
        WriteKeys = new WriteKeys(["blog-write-key"]),
        Fields = new FieldNames(["id", "type", "at", "sent", "$schema", "body"]),
        Snowplow = new SnowplowClaims(["blog"], [], IsDefault: false),
    };

    public static Source Fixed { get; } = new()
    {
        Name = "fixed",
        Validator = new NoValidator(),
        WriteKeys = new WriteKeys([Key]),
        FixedSchema = Encoding.UTF8.GetBytes("iglu:com.acme/order/jsonschema/1-0-0"),
    };

    public static SourceSet All { get; } = new([Shop, Blog, Fixed], new NoValidator());

    private sealed class NoValidator : IEventValidator
    {
        public void Validate(EventBatch batch, in SchemaCheck check, ref List<EventError>? errors)
        {
        }
    }
}
