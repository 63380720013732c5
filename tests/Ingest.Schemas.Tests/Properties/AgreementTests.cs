using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Ingest.Schemas.Tests;

/// <summary>The validator agrees with the naive one on random schemas and instances.</summary>
public sealed class AgreementTests
{
    private const int SampleCount = 10_000;

    [Fact]
    public void Verdicts_agree()
    {
        var verdicts = new Dictionary<bool, int> { [true] = 0, [false] = 0 };
        Prop.ForAll(Samples.All, sample =>
        {
            var expected = new NaiveValidator(JsonElement.Parse(sample.Schema)).IsValid(JsonElement.Parse(sample.Instance));
            verdicts[expected]++;
            return Judge.Compile(sample.Schema).IsValid(sample.Instance) == expected;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(SampleCount));

        // The samples are worth something only if both verdicts are common.
        Assert.True(verdicts[true] > SampleCount / 10 && verdicts[false] > SampleCount / 10);
    }

    [Fact]
    public void Whitespace_escapes_and_the_order_of_members_do_not_matter() =>
        Prop.ForAll(Samples.All, sample =>
        {
            var schema = Judge.Compile(sample.Schema);
            var rewritten = new StringBuilder();
            Rewrite(JsonElement.Parse(sample.Instance), rewritten);
            return schema.IsValid(sample.Instance) == schema.IsValid(rewritten.ToString());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(SampleCount / 4));

    [Fact]
    public void Every_error_points_into_the_instance() =>
        Prop.ForAll(Samples.All, sample =>
        {
            var instance = JsonElement.Parse(sample.Instance);
            return Judge.Compile(sample.Schema).Errors(sample.Instance).All(error => Exists(instance, error.InstanceLocation));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(SampleCount / 4));

    /// <summary>Writes a value with members in reverse, every character escaped, and spaces around everything.</summary>
    private static void Rewrite(JsonElement value, StringBuilder text)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append(" {");
                foreach (var (member, i) in value.EnumerateObject().Reverse().Select((member, i) => (member, i)))
                {
                    text.Append(i > 0 ? " ," : "");
                    Escape(member.Name, text).Append(" :\n");
                    Rewrite(member.Value, text);
                }

                text.Append("} ");
                break;
            case JsonValueKind.Array:
                text.Append(" [");
                foreach (var (item, i) in value.EnumerateArray().Select((item, i) => (item, i)))
                {
                    text.Append(i > 0 ? "\t," : "");
                    Rewrite(item, text);
                }

                text.Append("] ");
                break;
            case JsonValueKind.String:
                Escape(value.GetString()!, text);
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private static StringBuilder Escape(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (var c in value)
            text.Append($"\\u{(int)c:x4}");
        return text.Append('"');
    }

    private static bool Exists(JsonElement instance, string pointer)
    {
        foreach (var token in pointer.Split('/').Skip(1).Select(token => token.Replace("~1", "/").Replace("~0", "~")))
        {
            if (instance.ValueKind == JsonValueKind.Object && instance.TryGetProperty(token, out var member))
                instance = member;
            else if (instance.ValueKind == JsonValueKind.Array && int.TryParse(token, out var index) && index < instance.GetArrayLength())
                instance = instance[index];
            else
                return false;
        }

        return true;
    }
}
