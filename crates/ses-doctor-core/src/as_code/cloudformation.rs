//! CloudFormation: a template with each thing in the state after the step, and how a stack takes over what exists.

use super::label::Labels;
use super::{Entry, comment, entries, numbers, passage, yaml};
use crate::action::{Action, Argument, Code, Identity, Thing};
use crate::plan::{Drafted, Plan};
use crate::shell::{in_one_line, json_in_one_line, quoted};
use serde_json::{Map, Value, json};

/// A key of YAML without `?` before it is at most 1024 characters long (YAML 1.2, 7.4.2).
const LONGEST_KEY: usize = 500;

/// Parts of the template.
#[derive(Default)]
struct Template {
    parameters: Map<String, Value>,
    /// Comments and resources.
    resources: String,
    /// For `create-change-set`.
    imports: Vec<Value>,
    /// Commands that show ids which the plan does not know.
    shown: Vec<String>,
    /// Comments on what is not in it.
    aside: String,
    /// Something in it exists before the plan is applied.
    takes_over: bool,
}

pub(super) fn template(drafted: &Drafted) -> String {
    let plan = drafted.plan();
    let mut template = Template::default();
    let mut labels = Labels::default();
    for entry in entries(plan, Action::cloudformation) {
        template.add(plan, &entry, &mut labels);
    }
    let mut out = String::new();
    comment::title(&mut out, drafted, "as a template of CloudFormation");
    if template.imports.is_empty() {
        comment::prose(
            &mut out,
            "CloudFormation has no resource for it, so that there is no template here.",
        );
    } else {
        template.instructions(&mut out, drafted);
    }
    out.push_str(&template.aside);
    comment::requests(&mut out, plan);
    if !template.imports.is_empty() {
        out.push('\n');
        out.push_str(&template.body(drafted));
    }
    out
}

impl Template {
    fn add(&mut self, plan: &Plan, entry: &Entry, labels: &mut Labels) {
        let actions: Vec<&Action> = entry
            .steps
            .iter()
            .filter_map(|number| plan.steps.get(number - 1))
            .map(|step| &step.action)
            .collect();
        let words: Vec<String> = actions.iter().map(|action| passage(action)).collect();
        let title = format!("Step {}: {}.", numbers(&entry.steps), words.join("; then "));
        let why = match &entry.code {
            Code::Declared(thing) => match properties(thing) {
                Ok(properties) => return self.resource(&title, thing, &properties, labels),
                Err(why) => format!("Not in the template: {why}. By hand:"),
            },
            Code::Removed(thing) => format!(
                "If your template has it, as {}, take it out there. Else, by hand:",
                thing.kind
            ),
            Code::Implied(why) => return self.say(&[&title, &format!("{why}.")]),
            Code::Nowhere(why) => format!("Not in CloudFormation: {why}. By hand:"),
        };
        self.say(&[&title, &why]);
        for action in actions {
            super::cli::in_place(&mut self.aside, action, &plan.target.region);
        }
    }

    fn say(&mut self, lines: &[&str]) {
        self.aside.push('\n');
        for line in lines {
            comment::prose(&mut self.aside, line);
        }
    }

    fn resource(&mut self, title: &str, thing: &Thing, properties: &[(&str, Value)], labels: &mut Labels) {
        let label = labels.camel(thing.kind, &thing.names);
        for (_, argument) in &thing.arguments {
            if let Argument::Asked {
                parameter,
                kind,
                default,
            } = argument
            {
                let mut asked = json!({ "Type": kind });
                if let (Some(default), Some(members)) = (default, asked.as_object_mut()) {
                    members.insert("Default".to_owned(), json!(default));
                }
                self.parameters.insert((*parameter).to_owned(), asked);
            }
        }
        let mut notes = String::new();
        comment::prose(&mut notes, title);
        if let Some(note) = thing.note {
            comment::prose(&mut notes, note);
        }
        let notes: String = notes.lines().map(|line| format!("  {line}\n")).collect();
        self.resources.push_str(&notes);
        self.resources
            .push_str(&declaration(&label, thing.kind, properties));
        self.takes_over |= !thing.is_new;
        let identity = match &thing.identity {
            Identity::Properties(properties) => object(properties),
            Identity::Id(id) => json!({ "Id": id }),
            Identity::Shown(name, command) => {
                self.shown.push(command.clone());
                object(&[(*name, "THE_ID")])
            }
        };
        self.imports.push(json!({
            "ResourceType": thing.kind,
            "LogicalResourceId": label,
            "ResourceIdentifier": identity,
        }));
    }

    /// How a stack is made of it.
    fn instructions(&self, out: &mut String, drafted: &Drafted) {
        let region = quoted(&in_one_line(&drafted.plan().target.region));
        let stack = format!("ses-doctor-{}", drafted.id().short());
        comment::prose(
            out,
            "Where a template of yours has one of these resources already, change it there. Else apply the plan first (`ses-doctor apply`, \
             or its commands), and let a stack take over what is then there; a stack that imports a resource changes nothing in it:",
        );
        let parameters: String = self
            .parameters
            .keys()
            .map(|name| format!(" ParameterKey={name},ParameterValue=VALUE"))
            .collect();
        let parameters = if parameters.is_empty() {
            parameters
        } else {
            format!(" --parameters{parameters}")
        };
        for command in &self.shown {
            comment::verbatim(out, &format!("$ {command} --region {region}   # shows THE_ID"));
        }
        comment::verbatim(
            out,
            &format!(
                "$ aws cloudformation create-change-set --stack-name {stack} --change-set-name import --change-set-type IMPORT \
                 --template-body file://fix.yaml --capabilities CAPABILITY_NAMED_IAM{parameters} --resources-to-import {} --region \
                 {region}",
                quoted(&json_in_one_line(&json!(self.imports)))
            ),
        );
        comment::verbatim(
            out,
            &format!(
                "$ aws cloudformation execute-change-set --stack-name {stack} --change-set-name import --region {region}"
            ),
        );
        if !self.takes_over {
            comment::prose(
                out,
                "Or, since nothing of it is there as yet, let the stack make it instead of the plan:",
            );
            comment::verbatim(
                out,
                &format!(
                    "$ aws cloudformation deploy --stack-name {stack} --template-file fix.yaml --capabilities CAPABILITY_NAMED_IAM --region \
                     {region}"
                ),
            );
        }
    }

    fn body(&self, drafted: &Drafted) -> String {
        let description = format!("What the ses-doctor plan {} leaves behind", drafted.id().short());
        let mut out = yaml::member("AWSTemplateFormatVersion", &json!("2010-09-09"), 0);
        out.push_str(&yaml::member("Description", &json!(description), 0));
        if !self.parameters.is_empty() {
            out.push_str(&yaml::member("Parameters", &json!(self.parameters), 0));
        }
        out.push_str("Resources:\n");
        out.push_str(&self.resources);
        out
    }
}

/// A resource that outlives its stack.
fn declaration(label: &str, kind: &str, properties: &[(&str, Value)]) -> String {
    let mut out = format!("  {label}:\n");
    for (name, value) in [
        ("Type", kind),
        ("DeletionPolicy", "Retain"),
        ("UpdateReplacePolicy", "Retain"),
    ] {
        out.push_str(&yaml::member(name, &json!(value), 2));
    }
    out.push_str("    Properties:\n");
    for (name, value) in properties {
        out.push_str(&yaml::member(name, value, 3));
    }
    out
}

/// The properties, unless CloudFormation would read something of it otherwise.
fn properties(thing: &Thing) -> Result<Vec<(&'static str, Value)>, &'static str> {
    let mut properties = Vec::new();
    for (name, argument) in &thing.arguments {
        let value = match argument {
            Argument::Plain(value) => value.clone(),
            Argument::Document(text) => document(text)?,
            Argument::Block(members) => object(members),
            Argument::Asked { parameter, .. } => json!({ "Ref": parameter }),
        };
        properties.push((*name, value));
    }
    Ok(properties)
}

fn object<T: serde::Serialize>(members: &[(&str, T)]) -> Value {
    let members = members.iter();
    Value::Object(
        members
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect(),
    )
}

fn document(text: &str) -> Result<Value, &'static str> {
    match serde_json::from_str::<Value>(text) {
        Ok(value) if value.is_object() && !is_function(&value) => Ok(value),
        Ok(value) if value.is_object() => {
            Err("its document has a member that CloudFormation would take for a function of its own")
        }
        Ok(_) | Err(_) => Err("its document is no JSON object"),
    }
}

/// A member by the name of an intrinsic function (CloudFormation Template Reference, "Intrinsic function reference").
fn is_function(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, value)| {
            name == "Ref" || name.starts_with("Fn::") || name.len() > LONGEST_KEY || is_function(value)
        }),
        Value::Array(items) => items.iter().any(is_function),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
